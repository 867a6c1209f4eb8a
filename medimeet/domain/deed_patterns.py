"""How people say that something was done, and how they say that it was not. All patterns read folded text."""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


# These words say by themselves that something was done.
_DONE = r"(?:(?:re|pre-?)?booked|reserved|confirmed|(?:re)?scheduled|postponed|cancell?ed|finali[sz]ed|pencill?ed)"
# These say so of a visit, or where we are the ones who did it.
_MADE = (
    r"(?:moved|arranged|organi[sz]ed|changed|made|sorted|secured|updated|registered|processed|guaranteed|saved|placed|"
    r"submitted|requested|shifted|swapped|deleted|removed|added|held|enrolled|fixed|recorded|entered|filed|created|"
    r"actioned|executed|done|set)"
)
_EITHER = rf"(?:{_DONE}|{_MADE})"
_SEVERAL = rf"{_EITHER}\b(?:,? (?:(?:or|and|nor) )?{_EITHER}\b)*"  # booked, moved or canceled
_IS = r"(?:is|are|was|were|be|been|being|gets?|got|'s|'re)"
_HAS = r"(?:has|have|had|'s|'ve|'d)"
_SOFTLY = r"(?:(?:all|now|already|just|also|both|been|hereby|then|indeed|gone ahead and|went ahead and|\w+ly) )*"
_VISIT = (
    r"(?:visits?|appointments?|bookings?|slots?|times?|reservations?|consultations?|check-?ups?|sessions?|requests?|"
    r"places?|spots?|records?|details|prescriptions?|cancell?ations?|changes?|it|that|this|everything|all|they|you|these|those)"
)
_LOOKED = (  # what may be done without a person's confirmation: to look, to propose, to ask
    r"(?:need|indeed|proceed|exceed|succeed|looked|checked|listed|searched|gathered|prepared|proposed|suggested|offered|"
    r"picked|tried|asked|understood|noticed|wanted|wished|hoped|failed|limited|supposed|mentioned|named|received|"
    r"reached|learned|stopped|used|agreed|missed|selected|compared|counted|narrowed|noted)"
)
_TO_DO = (
    r"(?:book|reserv|confirm|(?:re)?schedul|cancel|mov|arrang|secur|postpon|finali[sz]|register|organi[sz]|rebook|"
    r"chang|updat|process|complet|hold)"
)
_WILL = r"(?:'ll| will|'m| am|'re| are|'m going to| am going to|'re going to| are going to)"

DEED = _any(
    rf"\b{_DONE}\b",
    # your visit has been moved; everything is set
    rf"\b{_VISIT}\b(?:'ve|'s|'d)?(?: \w+){{0,6}}? ?{_IS} {_SOFTLY}{_MADE}\b(?! (?:in|up of|of|by)\b)",
    # I have moved; we just sent
    rf"\b(?:i|we)(?: ?{_HAS})? {_SOFTLY}(?!{_LOOKED}\b)"
    r"(?:[a-z-]{3,}ed|made|sent|put|set|done|held|given|told|written|spoke|rang)\b"
    r"(?! (?:no|nothing|up of)\b)(?! (?:\w+ ){0,4}(?:cards?|suggestions?|proposals?)\b)",
    # I was able to book it
    rf"\b(?:i|we) (?:(?:was|were|am|are|have been) able|managed) to {_TO_DO}",
    # I'll book it now; I am booking it
    rf"\b(?:i|we){_WILL} {_SOFTLY}(?:go ahead and )?{_TO_DO}(?:e|ing|ling)?\b(?! (?:whether|if|which|what)\b)",
    rf"\bwill {_SOFTLY}be {_SOFTLY}{_EITHER}\b",
    # you're all set; it's in the calendar; you're on Dr Hart's list
    r"\b(?:you|we|everything|all|it|that|this|things)(?:'re| are|'s| is) (?:now |already )?(?:all |good and )?"
    r"(?:set(?! (?:up )?(?:in|by))|sorted|good to go|(?:in|on) (?:the|our|your|his|her|dr\.? \w+'s) "
    r"(?:list|calendar|schedule|diary|books?))\b",
    r"\b(?:you're|you are) (?:now |already )?(?:down|in|on) (?:for|with)\b",
    r"^(?:(?:all|and|ok(?:ay)?|great|perfect|good news)[,:!]? )*(?:done|sorted|settled|fixed|arranged|moved)\b(?! by)",
    r"\b(?:consider it|that's|it's|it is|that is|and|all is|job|both|all) (?:now |all |already )?done\b",
    r"\b(?:taken care of|locked in|squared away|a done deal|signed (?:you )?up|pencil(?:l?ing)? you in)\b",
    r"\b(?:put|got|squee[sz]ed) (?:you|it|that) (?:down|in|through)\b",
    r"\b(?:see you|looks? forward to (?:see|seeing|welcom\w+)|(?:await|expect)s? you|expecting you)\b",
    r"\bsuccess(?:ful|fully)?\b(?! rate)",
    r"\b(?:went|gone|go(?:es)?) through\b",
    rf"\b{_IS} (?:now )?(?:all )?yours\b|\bit'?s a date\b",
    r"\b(?:appointment|visit|booking|slot|reservation|cancell?ation|change) (?:now |already )?"
    r"(?:made|moved|changed|complete|created|set|secured|arranged|in place|guaranteed)\b(?! (?:by|on|in))",
    r"\b(?:booking|reservation|cancell?ation|request|change) (?:\w+ ){0,2}(?:completed?|in (?:our|the) system)\b",
    r"\bno longer exists?\b",
    r"\b(?:appointment|visit|booking|reservation|cancell?ation) (?:now |already )?(?:exists|succeeded|worked)\b",
    r"\b(?:visit|appointment|booking) is (?:now )?off\b|\byou(?:'re| are) in\b(?=[!.,:]|$)",
    r"\b(?:i|we) did (?:it|that|this|so)\b|(?:^|[.!?…,:;–—] ?)finished[!.]*$",
    r"\bit is,? then\b|\b(?:seat|place|spot) is (?:now )?(?:saved|taken for you)\b",
    r"\b(?:it|that|this|everything|all)(?:'s| is) (?:now |already )*in (?:the|our) system\b",
    r"\byou(?:'ll| will) (?:\w+ly |soon )?(?:get|receive|find|have|see) (?:\w+ ){0,3}confirmation\b",
    # you now have an appointment; your visit is now on Wednesday
    r"\byou(?:'ve| have)? now (?:have |got )?(?:an?|the|this|your) (?:\w+ )?(?:appointment|visit|slot|booking|place)\b",
    r"\b(?:visit|appointment|booking|it|that)\b[^.;]{0,40}\bis now (?:on|at|in|for)\b",
    r"\b(?:confirmation|booking|reservation|reference) (?:number|code|reference|id)\b|\byour reference is\b",
    r"\bpayment (?:was |has been |is )?(?:received|made|processed)\b",
    r"\b(?:doctor|desk|clinic|team|staff|reception|dr\.? \w+) (?:has been|have been|was|were|is|are) "
    r"(?:\w+ly |now |already )?(?:notified|informed|told|contacted|alerted)\b",
    r"\b(?:doctor|desk|clinic|team|staff|reception|dr\.? \w+) (?:has |have )?(?:\w+ly |now |already )?"
    r"(?:accepted|approved|agreed to) (?:your|it|that|this|the)\b",
    # a confirmation has been sent
    r"\b(?:e-?mail|text|sms|message|confirmation|reminder|prescription|referral|letter|invitation)s? (?:\w+ ){0,3}"
    r"(?:been|was|were|is now|is on (?:its|the)) (?:\w+ly |now |just |already )?"
    r"(?:sent|e?mailed|way|forwarded|issued|requested|renewed)\b",
)

# In other languages only the participles, which the English of a clinic does not have by chance.
FOREIGN_DEED = _any(
    r"\b(?:gebucht|reserviert|bestätigt|storniert|umgebucht|verschoben|abgesagt|vereinbart|eingetragen)\b",
    r"\b(?:réservée?s?|confirmée?s?|annulée?s?|déplacée?s?|enregistrée?s?)\b",
    r"\b(?:reservad|confirmad|agendad|cancelad|cambiad|programad|marcad)[oa]s?\b",
    r"\b(?:prenotat|confermat|annullat|spostat|fissat)[oaie]\b",
    r"\b(?:geboekt|gereserveerd|bevestigd|geannuleerd|verplaatst|ingepland|bokad|bokat|bekräftad|varattu)\b",
    r"\b(?:zarezerwowan|potwierdzon|umówion)[aoy]?\b|\b(?:rezervat|confirmat|programat)[ăe]?\b",
    r"забронирован|подтвержден|записан|отменен|перенесен",
    r"\b(?:onaylandı|ayarlandı|rezerve edildi|iptal edildi)\b|予約が完了|(?:キャンセル|変更)(?:しました|が完了)",
    r"बुक (?:हो|कर|की|किया)|पक्का (?:हो|कर)|रद्द (?:हो|कर)|تم (?:حجز|تأكيد|إلغاء|الحجز|التأكيد)",
    r"预约成功|預約成功|已(?:预约|預約|确认|確認|取消)|予約(?:しました|済み|完了|が取れ)|확정되었|예약되었|예약했",
)

# Said of anything else than a deed of ours: taken out before a claim is looked for.
NO_DEED = _any(
    r"\b(?:fully|completely|heavily|mostly|entirely|double-?) ?booked\b",
    r"\bbooked (?:up|out|solid|by (?:someone|somebody|another|other)(?: else)?)\b",
    # nothing is booked, moved or canceled; no visit has been made
    rf"\b(?:nothing|none of (?:it|this|that|them|these)|no (?:\w+ ){{0,2}}\w+) (?:{_IS}|{_HAS} been|will be) "
    rf"{_SOFTLY}(?:yet )?{_SEVERAL}",
    # not booked yet; haven't moved; can't be canceled
    r"(?:\bnot|n't|\bnever|\bcannot|\bwithout)(?! (?:only|just|merely|worry|fret|panic|fear)\b)(?: [a-z]+){0,3}? "
    rf"(?:sent\b|{_SEVERAL})",
    # can be canceled; must be booked; would like it moved
    r"\b(?:can|could|may|might|would|should|must|needs?|has|have|wants?|like|ready|waiting|wish|prefer) "
    rf"(?:only |still |also |easily |then |first )*(?:to )?(?:be |get |have (?:it|that|this) )(?:\w+ly )?{_SEVERAL}",
    # once it is booked
    r"\b(?:once|if|until|till|unless|when|whenever|before|after|as soon as) "
    rf"(?:(?:it|this|that|they|you|your (?:\w+ )?\w+|the \w+|an? \w+)(?: {_IS}| {_HAS}|'s|'ve|'re)?(?: been)? )?"
    rf"(?:not )?(?:yet )?{_EITHER}\b",
    r"\b(?:your|the|any|no|other|these|those|all) (?:booked|scheduled|cancell?ed) "
    r"(?:visits|appointments|times|consultations)\b",
    rf"\bhow (?:\w+ ){{1,3}}(?:is|are|gets?) {_EITHER}\b",
    r"\bmade (?:up )?of\b",
    r"\bconfirmation\b[^.;:!]{0,40} (?:once|after|when|if) [^.;:!]*",
)

# Whoever says that no Confirm is needed lies, whatever stands around it.
_OWN_WORD = r"(?:(?:press|tap|click)(?:ing)? (?:on )?(?:anything|any|the|a|\"?confirm|that|it)|confirming it)"
UNASKED = _any(
    r"(?:\b(?:no need|no reason|needn't|need not|not (?:need|have)|not necessary|unnecessary)|n't (?:need|have)) "
    rf"(?:for you )?(?:to )?{_OWN_WORD}",
    rf"\b{_OWN_WORD}[^.;!]{{0,20}} (?:is|are) (?:not|no longer) (?:needed|necessary|required)\b",
    r"^(?!.*\b(?:if|unless|when|otherwise)\b).*\b(?:skip|ignore|forget|disregard) (?:\w+ )?(?:card|button|confirm)\b",
)

# It depends on the person's own word.
CONDITION = _any(
    r"\b(?:once|if|until|till|unless|when|as soon as|after|before|only|needs?|please|to)\b[^.;:!]{0,60}"
    r"\b(?:confirm|confirming|press|pressing|tap|click)\b",
    r"\b(?:press|tap|click)(?:ing)? (?:on )?(?:the )?[\"“”']?confirm\b",
    r"\b(?:await|need)(?:s|ing)? your (?:confirmation|ok)\b",
)
