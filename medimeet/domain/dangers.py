"""Words that tell of danger to life, and what is said to them: before all else, without any model.

The patterns are plain regular expressions in ASCII that JavaScript reads too: the chat on clinics' sites gets them from
the server, so that they stand here alone. They see `plain` words, "can t breathe" of "Can’t breathe!". One alarm too
many does no harm; one too few may. So only what is plainly long past or about something else is taken out beforehand.
"""

import re

from medimeet.domain.spelling import plain, respelled

_SOMEBODY = (
    "(he|she|it|they|baby|child|kid|son|daughter|wife|husband|partner|mum|mom|mother|dad|father|friend|brother|sister)"
)
_ILLS = "(stroke|strokes|heart attacks?|seizures?|fits?|allergic reactions?|reaction|anaphylaxis|overdose|collapse)"
_SMALL_WORD = "(a|an|my|the|his|her|mini|minor|small|mild|bad|severe|first|one)"
_LONG_PAST = r"((weeks?|months?|years?|decades?) ago|last (month|year)|in (19|20)\d\d|as a (child|kid|baby|teenager))"

# Taken out of the words before they are looked at.
HARMLESS = (
    rf"\b(had|survived|since|after|following) ({_SMALL_WORD} )*{_ILLS}( \w+){{0,4}} {_LONG_PAST}\b",
    rf"\b(fainted|collapsed|passed out|bled|choked)( \w+){{0,3}} {_LONG_PAST}\b",
    r"\bhistory of (a |an )?(heart )?\w+( and (heart )?\w+)?",
    rf"\b(prevent(ing|ion of)?|avoid(ing)?|risk (of|for)|screening for|died of) ({_SMALL_WORD} )*{_ILLS}\b",
    r"\b(stroke|seizure) (clinic|unit|nurse|rehab\w*|survivors?|recovery|prevention|follow ?up|review|risk|tablets)\b",
    r"\bchest (x ?rays?|infections?|scans?|ct|physio\w*|clinic|colds?|examination)\b",
    r"\bemergency (contacts?|exits?|contraception)\b|\bnon emergency\b",
    r"\b(not|no|isn ?t|hardly) (an |a |any )?emergency\b",
    r"\bblood (pressure|tests?|sugar|counts?|groups?|types?)\b",
    r"\bfood poisoning\b|\bpoison (ivy|oak)\b",
    r"\bbleeding gums?\b|\bgums? (\w+ )?bleed(s|ing)?\b|\bbleeding (time|disorder)\b",
    r"\b(hurt|cut) myself (a (bit|little) )?(playing|shaving|cooking|gardening|lifting|running|while|when|at|on|in)\b",
    r"\bdying (to|for)\b",
    r"\bnumb (after|from) (the|my|an) (injection|filling|dentist|anaesthetic|anesthetic)\b",
    r"\bsuicide prevention (training|course|leaflet)\b",
)

PATTERNS = (
    # Heart and chest
    r"\b(chest|heart) ?(pains?|attacks?)\b|\bhart attacks?\b|\bpains? (in|across) (\w+ )?chest\b|\bcardiac arrest\b",
    r"\bchest( \w+){0,4} (hurt|tight|press|pain|ach|burn|heav|crush|squeez)",
    r"\b(tight|tightness|pressure|pressing|squeezing|crushing|heavy|hurts)( \w+){0,4} chest\b",
    r"\bheart (has |just )?(stopped|stopping)\b|\bno (pulse|heartbeat)\b",
    # Breathing
    r"\b(can ?not|can ?n?t|couldn ?t|not|never|hardly|barely|stopped|stops)( \w+)? (bre+a?th|braeth)",
    r"\b(hard|struggl\w+|difficult|unable|able|fighting)( to)?( \w+)? (bre+a?th|braeth)",
    r"\b(difficulty|trouble|problems?) (with )?bre+a?thing\b|\b(short|shortness|out) of breathe?\b|\bbreathless\w*\b",
    r"\b(catch|get) (my|his|her|their|any|enough) (breathe?|air)\b|\bgasping\b|\bcan ?t get air\b|\bno air\b",
    r"\bchoc?k(e|es|ing)\b|\bsuffocat|\basthma attack\b|\bdrown(ing|ed)\b",
    r"\b(turning|going|gone|turned|lips are|lips|face is|is) blue\b",
    # Allergy
    r"\b(throat|tongue|airway|lips|face) (\w+ ){0,3}(clos|swell|swoll)\w*",
    r"\b(swollen|swelling) (\w+ )?(throat|tongue|lips|face)\b",
    r"\banaph[yi]la|\ballergic (shock|reactions?)\b|\bepi ?pens?\b",
    # Bleeding and injury
    r"\bbleed(s|ing)?\b|\b(coughing|coughed|vomiting|vomited|throwing|spitting|bringing) (up )?blood\b",
    r"\bblood (is )?(everywhere|pouring|gushing|spurting)\b",
    r"\b(los(t|ing|es)|so much|a lot of|lots of) (\w+ ){0,3}blood\b",
    r"\b(fell|fallen)( \w+){0,9} (can ?not|can ?t|unable to) (move|get up|stand)\b",
    r"\battack(s|ed|ing) (me|us|him|her|my)\b",
    r"\b(stabbed|gun ?shot|electrocuted|been shot|was shot|got shot|run over)\b",
    r"\bhit by (a|the) (car|bus|train|truck|lorry|van|bike)\b",
    r"\bbroken (neck|back|skull)\b|\b(severe|serious|bad) (pain|burns?|head injury|bleeding)\b",
    r"\bbadly (burn|hurt|injured)|\b(unbearable|excruciating|worst) pain\b",
    r"\bsnake ?bit(e|ten)\b|\bbitten by a snake\b",
    # Stroke, fits, consciousness
    r"\bstrokes?\b|\bstorke\b|\b(face|mouth|arm) (\w+ ){0,3}(droop|numb|sagging|dropped|weak)\w*",
    r"\bslurr(ed|ing)\b|\bfacial droop\w*",
    r"\b(can ?not|can ?t|unable to) (move|feel|lift|raise) (my|his|her|one|the) (\w+ )?(arms?|legs?|face|side|body)\b",
    r"\bnumb (on|down) (one|my|the|his|her)\b",
    r"\bsuddenly (\w+ ){0,3}(confused|blind|speak|see|collapsed)\b|\bparaly[sz]ed\b",
    r"\b(worst|thunderclap|sudden|suddenly)( \w+){0,3} headaches?\b",
    r"\b(weak|weakness|numb|numbness)( \w+){0,3} one side\b|\bsudden(ly)? (\w+ )?(weak|numb)",
    r"\bseizures?\b|\bconvuls|\b(having|has|had|have|another) (a |an )?(epileptic )?fits?\b(?! (for|me|in|of))",
    rf"\bepileptic (fit|attack)|\b{_SOMEBODY} (is|s|started|keeps) fitting\b(?! (for|that|in))",
    r"\bunconscious|\bpassed out\b|\bcollaps|\bfaint(ed|ing)?\b|\bunresponsive\b",
    r"\b(not|stopped|isn ?t) (waking|responding|reacting|moving)\b",
    r"\b(won|can|doesn|will not|can ?not) ?t? (wake|respond)\b|\bfloppy\b|\bstiff neck\b.*\b(fever|rash)\b",
    r"\b(fever|rash)\b.*\bstiff neck\b|\bmeningitis\b|\bsepsis\b",
    # Poison
    r"\boverdos|\bpoison",
    r"\b(too many|all (my|the|his|her|of)) (\w+ )?(\w+ )?(pills|tablets|painkillers|paracetamol|insulin)\b",
    r"\b(drank|swallowed|swallowing|ate) (\w+ ){0,2}(bleach|batter(y|ies)|acid|antifreeze|cleaner|magnets?)\b",
    r"\bcarbon monoxide\b",
    # Birth
    r"\bin labou?r\b|\bwaters? (\w+ )?(broke|broken|breaking)\b|\bcontractions?\b|\bbaby is coming (now|out)\b",
    r"\bgiving birth\b",
    r"\bbaby( \w+){0,3} (not|stopped|isn ?t|hasn ?t|less)( \w+)? (mov|kick|breath|feed|respond|wak)",
    r"\b(can ?t|can ?not|not|don ?t|haven ?t) (feel|felt) (\w+ )?baby\b",
    # Suicide and self-harm
    r"\bsuicid|\bkill(ing)? (my|him|her|them|your|our) ?sel(f|ves)\b|\bkill me\b",
    r"\b(want|going|plan\w*|wants) to kill\b|\bunalive\b",
    r"\b(want|wants|wanna|wanted|going|gonna|about|ready|wish i could|rather|might|afraid i ll|think i ll)( to)? die\b",
    r"\b(end|ending|take|taking) (my|his|her|it|their)( own)? (life|all)\b|\bend it all\b",
    r"\bwish i (was|were) (dead|never born)\b|\bbetter off (dead|without me)\b",
    r"\b(not|don ?t|doesn ?t|no longer) (wants?|wanna)( to)? (live|be here|be alive|wake up|go on living|exist)\b",
    r"\bno (reason|point) (to live|in living|in being alive)\b|\bcan ?t go on\b",
    r"\bthoughts? (of|about) (ending|dying|death)\b|\b(hung|hanged|hanging) (my|him|her|them) ?sel(f|ves)\b",
    r"\b(harm|hurt|cut|hang|shoot|stab|starve|drown)(ing|ting|t?ed|s)? (my|him|her|them) ?sel(f|ves)\b",
    r"\bself ?harm|\b(slit|cut|cutting) my wrists?\b|\bjump off (a|the)\b",
    # In other languages, the commonest
    r"\bnicht (mehr )?atmen\b|\b(keine|kaum) luft\b|\b(herzinfarkt|schlaganfall|notfall|notarzt|rettungswagen)\b",
    r"\bbrustschmerz|\bschmerzen in (der|meiner) brust\b|\bselbstmord|\bsuizid|\bumbringen\b|\bbewusstlos",
    r"\bno (puedo|puede) respirar\b|\bno respira\b|\bdolor (de|en el) pecho\b|\binfarto\b|\bderrame cerebral\b",
    r"\b(urgencia|emergencia|ambulancia|ambulanza|suicidar\w*|matarme)\b|\bquiero morir\b",
    r"\b(peux|peut|arrive) (pas|plus) (a )?respirer\b|\brespire (pas|plus)\b|\bcrise cardiaque\b|\binfarctus\b",
    r"\b(mal|douleurs?) (a|dans) la poitrine\b|\bveux mourir\b|\bme (tuer|suicider)\b|\bune urgence\b",
    r"\b(non riesco a respirare|non respira|nie moge oddychac|nie oddycha)\b|\bdolore al petto\b|\bzawal\b",
    # In so many words
    r"\bemergenc(y|ies)\b|\bambulances?\b|\bdying\b|\blife or death\b|\bmatter of life\b|\bsend help\b",
    rf"\b{_SOMEBODY} ?(is|s|may be|might be|looks)? (going to die|dead)\b",
    r"\b(call|ring|dial|phone|need) (an? )?(999|112|911|108|000|nine nine nine|nine one one|one one two)\b",
    r"^(999|112|911|108|000|nine nine nine|nine one one)$",
)

# Words that count even with a slip in them.
SPELLED = (
    "emergency",
    "ambulance",
    "bleeding",
    "unconscious",
    "breathing",
    "breathe",
    "chest",
    "attack",
    "overdose",
    "suicide",
    "suicidal",
    "seizure",
    "collapsed",
    "swallowed",
    "poisoned",
    "poisoning",
    "anaphylaxis",
    "contractions",
    "paralysed",
)

_OTHER_NUMBER = re.compile(
    r"\b((?:call(?:ing)?|dial(?:ling)?|ring(?:ing)?|phone) "
    r"(?:(?:an ambulance|emergency services|them|on|at|to|the number) )*"
    r"|(?:emergency|ambulance)(?: services?)? (?:number |line )?(?:is |on |at |[:(] ?))"
    r"(9-?1-?1|999|112|108|000|110|113|117|118|119|995|997)\b(?![-\d])",
    re.IGNORECASE,
)
_HARMLESS = [re.compile(each, re.ASCII) for each in HARMLESS]
_DANGER = re.compile("|".join(f"(?:{each})" for each in PATTERNS), re.ASCII)


def is_danger(text: str) -> bool:
    """Whether the words tell that somebody's life may be in danger now."""
    words = respelled(plain(text), SPELLED)
    for harmless in _HARMLESS:
        words = harmless.sub(" ", words)
    return _DANGER.search(words) is not None


def words(number: str) -> str:
    """What is said to that, with the number to call."""
    return (
        f"If somebody may be in danger, call {number} now. Do not wait for an answer here. "
        "If you can't call, ask somebody near you to do it, or go to the nearest hospital. "
        "This program can't help in an emergency, and nobody at the clinic reads along. "
        f"If you think of harming yourself: you are not alone, and {number} is the right number for that, too."
    )


def with_own_number(text: str, number: str) -> str:
    """The text with the clinic's number wherever it tells to call another country's, or names another as the one."""
    return _OTHER_NUMBER.sub(lambda found: found[0] if found[2] in number else f"{found[1]}{number}", text)
