"""What people say when a life is in danger, and what sounds a little like it."""

DANGEROUS = """
i cannt breath
my son is fitting
hart attack
sudden weakness on one side
she fell from the roof and cant move
sudden terrible headache
please send help now
he hung himself
someone is attacking me
i am having thoughts of ending things
ich kann nicht atmen
Herzinfarkt!
no puedo respirar
je ne peux pas respirer
J'ai mal à la poitrine
non riesco a respirare
I have a terrible pain in my chest
my husband can’t breathe
My chest hurts
chest pain
I've got chest pains since this morning
my chest feels very tight
there is a crushing feeling in my chest
heavy pressure on my chest and my left arm is numb
I think I'm having a heart attack
is this a hart atack? my heart attack pills are gone and I have chest pian
I cannot breathe
i cant breath
cant breathe properly
I can't catch my breath
she is struggling to breathe
he stopped breathing
my baby is not breathing
I have difficulty breathing
I'm short of breath and dizzy
trouble breathing since an hour
I can not breeth
he is choking on a piece of meat
my son is turning blue
her lips are blue
he is having an asthma attack
my throat is closing up
my tongue is swelling
swollen lips after a bee sting
severe allergic reaction to nuts
I think it is anaphylaxis
where is my epipen
it won't stop bleeding
she is bleeding heavily
there is blood everywhere
he lost a lot of blood
I am coughing up blood
my dad is vomiting blood
he was stabbed
she was hit by a car
I think my neck is broken, a broken neck
the pain is severe pain
my face is drooping
her mouth has dropped on one side
his speech is slurred
my arm suddenly went numb
I can't move my left arm
I think my mother is having a stroke
having a storke
the worst headache of my life
he is having a seizure
my daughter is having a fit
she had a convulsion just now
my wife is unconscious
she is unconcious, please help
he passed out and won't wake up
grandma collapsed in the kitchen
my friend fainted a minute ago
he is not responding
she is unresponsive
my baby is floppy and hot
fever, rash and a stiff neck
I took an overdose
I took too many sleeping pills
she swallowed a battery
my toddler drank bleach
I have been poisoned
he took all of his tablets
I'm in labour
my waters have broken
the contractions are every five minutes
my baby has stopped moving
I can't feel my baby kick
I want to kill myself
I don’t want to live any more
i dont want to be here anymore, i dont want to live
I want to die
I am thinking about suicide
I feel suisidal, suicidal thoughts all day
I want to end my life
I want to end it all
everyone would be better off without me
I wish I was dead
I'm going to hurt myself
I have been cutting myself
I keep thinking of self-harm
there is no reason to live
I am dying
I think I'm going to die
call an ambulance
please send an ambulence
it is an emergency
it is an emergancy
should I call 999
nine one one
I think he is dead
my brother is being electrocuted, he was electrocuted
I had a stroke ten minutes ago
I had a heart attack two years ago and now my chest hurts again
CALL 911!!!
"""

HARMLESS = """
I lost my blood pressure diary
I can't move my appointment
the chair is fitting for my back
I fell in love with your garden
my headache is back
do you speak French or Spanish
I had a stroke two years ago, when is my appointment
book my chest x-ray
I need a chest infection check
when is my next appointment?
I'd like to book a consultation
my husband had a heart attack last year and needs a check-up
family history of heart attacks
how can I prevent a stroke
stroke clinic opening times
what is the risk of a stroke
my emergency contact has changed
it is not an emergency, I just want a check-up
this is a non-emergency question
food poisoning last week, better now
my gums bleed when I brush
bleeding gums
I cut myself shaving last week
I hurt myself playing football
I'm dying to see Dr Hart again
I have a cold
my back is killing me
I have a headache
my knee hurts
I feel tired
I have a sore throat
my tooth hurts
I need a blood test
what does a blood pressure check cost
my blood pressure was 112 over 70
room 108 please
how much is a full health check?
I want to cancel my appointment
move my visit to Tuesday
can I bring my baby
the baby is coming with me to the visit, she is well
do you have a pharmacy
where are you
what is your phone number
can I talk to a person
which doctors speak French
Dr Hart on Monday at 10
yes
no
3
tomorrow morning
after 4pm
thank you
hello
I need a fit note
please fit me in on Friday
keep fit advice
I want a flu shot
heartburn after meals
I would like breathing exercises
is the breathing test painful
a travel vaccination
my skin itches
poison ivy rash
I fainted last year, do I need a check
my hand tingles sometimes
do you treat children
prices please
she had an allergic reaction as a child, do you test for that
I am pregnant and want to book a visit
the face cream you gave me is good
help
what can you do
my father died of a stroke, I want a check-up
emergency contraception price
I survived a stroke in 2015
my son had a seizure three years ago
what are your hours
numb after the injection yesterday
cheers, bye
can I have a later time
I am over 70
is parking free
I wear a heart monitor, when is the follow-up
"""


def sentences(table: str) -> list[str]:
    """One sentence a line."""
    return table.strip().splitlines()
