"""How people say what somebody suffers from, and what they shall take. All patterns read folded text."""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_ILLNESS = (
    r"(?:\w+(?:itis|osis|aemia|emia|algia|pathy|rrh?oea|rrhea|penia|plegia|phobia)\b|\w{3,}oma\b(?<!diploma)|"
    r"cancer|tumou?r|flu\b|influenza|cold\b|covid|pneumonia|virus|viral|bacterial|\w*infections?\b|infected|"
    r"diabetes|diabetic|asthma|strokes?\b|(?:heart|panic|anxiety) attack|angina|hypertension|blood clot|"
    r"high blood pressure|migraines?\b|anxiety|depress(?:ion|ed)|epilepsy|dementia|alzheimer|parkinson|adhd|autism|"
    r"gout\b|hernia|ulcers?\b|fractures?\b|broken (?:bone|arm|leg|rib)|concussion|sprain|torn \w+|slipped disc|"
    r"allerg(?:y|ies|ic)\b|eczema|acne|shingles|measles|chickenpox|herpes|scabies|thrush|"
    r"disease|syndrome|disorder|deficiency|caries|cavit(?:y|ies)\b|abscess|kidney stones?|gallstones?|heartburn|reflux|"
    r"food poisoning|sepsis|tetanus|malaria|tuberculosis|hiv\b|lupus|vertigo|pregnant|menopause)"
    r"(?! (?:test|check|vaccin|jab|clinic|screening|review|treatment|consultation))"
)
_MEDICINE = (
    r"(?:medications?|medicines?|tablets?|pills?|capsules?|drops|ointment|inhaler|supplements?|vitamin \w+|"
    r"painkillers?|antibiotics?|antihistamines?|antidepressants?|steroids?|laxatives?|beta[ -]?blockers?|"
    r"blood thinners?|ibuprofen|paracetamol|acetaminophen|tylenol|advil|aspirin|naproxen|diclofenac|codeine|morphine|"
    r"insulin|metformin|warfarin|\w*cortisone|prednis\w+|diazepam|xanax|valium|sertraline|fluoxetine|cetirizine|loratadine|"
    r"statins?|\w+(?:statin|cillin|mycin|prazole|olol|pril|sartan)\b)"
)
# Words between "you have" and an illness that make it a visit, or none of theirs.
_A_FEW = (
    r"(?:(?!appointment|visit|check|consultation|free|question|time|slot|booking|access|any|(?:to|for|no)\b)"
    r"[\w'-]+ ){0,4}?"
)
_TO_TAKE = (
    r"(?:take|try|use|apply|inject|swallow|chew|increase|reduce|lower|double|halve|skip|stop|start|avoid|continue|"
    r"switch to|drink|have|need|taking|recommend|suggest|advise|give (?:him|her|them))"
)
_PERHAPS = r"(?: (?:probably|(?:most |very )?likely|certainly|clearly|just|only|definitely|almost certainly))?"

ADVICE = _any(
    # you have bronchitis; you may be diabetic
    rf"\byou(?:'ve|'re| (?:[\w']+ ){{0,2}}(?:have|got|are|be|seem to have|appear to have))(?: got)? {_A_FEW}{_ILLNESS}",
    r"\byou(?:'re| are| may be| might be| could be)?(?: \w+)? suffer(?:ing)? from\b",
    # it sounds like the flu; your rash is caused by a virus
    rf"\b(?:it|this|that|these)(?:'s| is| are){_PERHAPS} {_A_FEW}{_ILLNESS}",
    r"(?:^|\b(?:it|this|that|these|your (?:\w+ )?\w+)(?:'s| is| are)?"
    + _PERHAPS
    + r" )(?:sounds? like|looks? like|seems?|"
    r"(?:could|may|might|must) be|caused by|comes? from|due to|a sign of|signs of|typical of|an?|just an?) "
    rf"{_A_FEW}{_ILLNESS}",
    r"\b(?:symptoms?|pain|signs?|results?|rash) (?:\w+ ){0,3}(?:suggests?|indicates?|points? to|consistent with|"
    r"typical of|means? (?:that )?you)\b",
    r"\b(?:is|are) (?:\w+ )?(?:typical (?:of|for)|consistent with|an? (?:\w+ )?(?:sign|symptom) of)\b",
    r"\b(?:i|we|i'd|i would|i can) diagnos(?:e|ed)\b",
    r"\b(?:my|the|your|likely|probable) diagnosis (?:is|would be|could be|seems)\b(?! (?:up to|for|made by|something))",
    # take ibuprofen; stop your medication
    rf"\b{_TO_TAKE}\b(?! (?:place|the bus|part)) (?:[\w'-]+ ){{0,5}}?{_MEDICINE}\b",
    r"\b(?:stop|start|keep|quit|continue|begin|avoid) taking\b",
    r"\b\d+(?:[.,]\d+)? ?(?:mg|mcg|µg|μg|milligrams?|micrograms?|millilit(?:re|er)s?|ml|cc|iu)\b",
    r"\b[a-z]+ (?:milligrams?|micrograms?)\b",
    r"\b(?:one|two|three|four|half a|\d+) (?:tablets?|pills?|capsules?|puffs?|drops)\b",
    r"\b(?:safe|correct|right|usual|recommended|normal|maximum) (?:adult |daily |child )?(?:dose|dosage)\b",
    r"\b(?:increase|reduce|lower|double|halve|change|adjust) (?:\w+ ){0,2}(?:dose|dosage)\b",
    r"\bevery (?:\w+ )?hours\b|\b(?:twice|(?:two|three|four|\d) times) (?:a day|daily|per day)\b",
    rf"\b{_MEDICINE} (?:would|should|will|can|could|may|might) help\b|\binstead of (?:\w+ )?{_MEDICINE}\b",
    r"\b(?:dose|dosage) (?:is|of|should|for|to)\b",
    # it's nothing serious; you don't need to see a doctor
    r"(?:\bnot|\bnothing|n't) (?:\w+ ){0,2}(?:serious|dangerous|to worry about)\b",
    r"(?:\bis|'s|\bare) (?:\w+ )?harmless\b|(?:\bis|'s) (?:\w+ )?(?:safe|fine|ok(?:ay)?|all right) to wait\b",
    r"\bsleep it off\b|\binduce vomiting\b",
    # do not call 999
    r"(?:\bnot|n't|\bnever|\bno need|\bwithout|\bavoid)(?: (?!hesitate|wait|delay)\w+){0,2} (?:call|ring|dial)\w*\b"
    r"(?: (?!the clinic|the desk|us\b)\w+){0,4} (?:999|112|911|108|000|ambulance|emergency)\b",
    r"\b(?:no need|(?:do not|don't|needn't) (?:need|have) to|you don't need) (?:\w+ ){0,4}(?:doctor|hospital|ambulance|"
    r"emergency|medical|physician|gp)\b",
    r"\bno (?:doctor|hospital|ambulance) is needed\b",
    r"\byou(?:'re| are) (?:perfectly |completely |quite )?(?:healthy|fine|out of danger|cured)\b",
)

# Asked, left open, or left to a doctor: taken out before advice is looked for.
NO_ADVICE = _any(
    r"\b(?:do|does|did|if|whether|in case|when|should|because|that) you(?:'ve| have| are|'re| suffer| feel)\b",
    r"\b(?:can|could)(?:not|n't) (?:say|tell|know)\b[^.?!]*",
    r"(?:\bnot|\bnever|n't|\bno|\bcannot|\bunable to|\bnor) (?:\w+ ){0,4}diagnos\w+\b",
    r"\bask (?:\w+ ){1,4}(?:about|whether|before|if)\b[^.?!]*",
)
