#!/usr/bin/env python3
"""Learns of which parts Dutch compounds are made, from the word list of OpenTaal.

    apt-get install wdutch
    python3 search/tools/parts.py /usr/share/dict/dutch > search/src/dutch/parts.txt

A part is a word of which others on the list are made: `raad` of `gemeenteraad` and `raadsbesluit`. Beside it stands of
how many. What is no word by itself (prefixes, endings, particles of verbs) is left out, however often it occurs.
"""

import collections
import sys
import unicodedata

LINKS = ("", "s", "e", "en", "n")

# Words of three letters are far more often a piece of another word than a part; these are parts.
SHORT = set("""
weg dag zee gas vis wet ijs bos vak net bus was bed zak dak bad uur arm lid kap pop hof erf vee gat kar pad hal zon pan put wal
web dam bol bal bom kas pot pen mes kop oor oog rug hek zin cel vat vet bon rit bar bel mol kei hut lat mos wol zout bio
""".split())

NEVER = set("""
aan achter aanna aantoe aaneen abel acht af alle ander beide bij binnen boven buiten daar dan dat den der des deze die dit doen door
een eens eer elk ende ener enige erom even gaan ging haar hand hebben heen heid her hier hoe hun iets ieder ing inge ingen isme iste ist
jaar jong kan kom laat lang lijk lijke lijks loos loze los maar maat mede meer met mis nee neer niet nog oer om omver omhoog
onder ont ontbe onver ook open op over pas per raak rond samen sel sels staan ste stel stelsel sten ster tegen ten ter terug
thans tien tier ties tig toch toe tot tussen twee uit vaak van vast veel vel ver vier vol voor vooral voorbij vrij waar want waren
wat weer weg wel wie wij zaam zeer zelf zes zeven zich zij zijn zo zonder zou drie vijf negen honderd duizend
baar ware waren ling lingen sen ren den len nen gen men ken pen zen ven ver ers ars ors dom ten sing ting ning ring king ling ding
tie tisch tische isch ische atie aties iteit iteiten air aire aal ale oud oude eel ele ief ieve eren eert erde erend erij erijen
teit teiten schap schappen ment enten ant anten ent ende era ere era
mes nes tes les ges kte pte gte cht chten sch sche schen lijken bare eerd eerde eerden elen elde aren aarde eling elingen age
han gel der dere deren tere tere rend reden rede ging gingen dig dige digen ren ners nes ster sters
aars aard verg amen vers teen anti stro paas ster gene were erve arde onge
""".split())
# Verbs and nouns that are on the list above because they are also endings, but are parts all the same.
KEEP = set("weg jaar hand stelsel reden oud schap open stel".split()) - {"schap", "oud", "open", "stel"}


def fold(word):
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))


def forms(word):
    yield from (word + "s", word + "en", word + "n", word + word[-1] + "en", word[:-1] + "zen" if word[-1] == "s" else "")
    if word[-1] == "f":
        yield word[:-1] + "ven"
    if len(word) > 3 and word[-2] == word[-3] and word[-2] in "aeou":
        yield word[:-2] + word[-1] + "en"
        yield word[:-2] + {"s": "z", "f": "v"}.get(word[-1], word[-1]) + "en"


def main():
    words = set()
    for line in open(sys.argv[1], encoding="utf-8"):
        # Names are no parts: "Almen" is none of "algemeen".
        word = line.strip()
        if word.isalpha() and word.islower():
            words.add(fold(word))
    usable = {word for word in words if len(word) > 3 and (word not in NEVER or word in KEEP) or word in SHORT}
    as_head, as_first = collections.Counter(), collections.Counter()
    for word in words:
        if len(word) < 7:
            continue
        for cut in range(3, len(word) - 2):
            first, head = word[:cut], word[cut:]
            if head not in usable:
                continue
            bases = {first[: len(first) - len(link)] for link in LINKS if first.endswith(link)}
            bases = {base for base in bases if base in usable}
            if bases:
                as_head[head] += 1
                # Of several readings ("raads", "raad") the word that is on the list with the shortest link.
                as_first[max(bases, key=len)] += 1
    counts = {}
    for word in usable:
        count = as_head[word] + as_first[word]
        least = {3: 30, 4: 12, 5: 6}.get(len(word), 3)
        # A word that only ever ends others is more likely an ending; one that only begins them a prefix.
        both = as_first[word] >= 2 or (as_head[word] >= 8 and len(word) >= 5)
        if count >= least and both:
            counts[word] = count
    # A compound is inflected at its end: `turbines` is as good a part as `turbine`.
    for word in list(counts):
        for form in forms(word):
            if form in words and form not in counts and form not in NEVER and len(form) > 4:
                counts[form] = counts[word]
    for word in sorted(counts):
        print(word, counts[word])


main()
