"""Forms that lines of a news page take: kickers, datelines, bylines, captions, links, and what sites add."""

from __future__ import annotations

import re

from annotator.propose.guarded import Guarded


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?"
_AGENCY = (
    r"(?:AFP|AP|Reuters|CNA|ANI|PTI|UPI|IANS|EFE|DPA|dpa|Xinhua|Kyodo|Bloomberg|TASS|ANSA|Yonhap|Associated Press"
    r"|Agence France[- ]Presse|Press Association|Jiji Press|NYT|BBC|CNN|VOA|Anadolu(?: Agency)?|AAP|PA Media)"
)
_NAME = r"[A-Z][\w’'\-]+(?: (?:[A-Z]\.|de|van|von|der|bin|al|el|du|la|[A-Z][\w’'\-]+)){0,3}"

DATE = re.compile(
    rf"(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}}|\d{{4}}-\d\d-\d\d"
    rf"|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}|{_DAY},? {_MONTH} \d{{1,2}}|\b{_MONTH} \d{{1,2}}\b)"
)
TIME = re.compile(r"\b\d{1,2}[:.]\d\d\s*(?:[AaPp]\.?[Mm]\.?)?\b|\b\d{1,2} ?[ap]\.?m\.?\b")
AGO = re.compile(
    r"\b(?:\d+|an?|one|two) (?:min(?:ute)?s?|hours?|hrs?|days?|weeks?|months?|years?) ago\b", re.IGNORECASE
)
BY = re.compile(
    rf"^(?:(?:[Ww]ritten |[Ss]tory |[Rr]eport(?:ed|ing) |[Pp]osted |[Pp]ublished )?(?:By|BY|by):? +(?:{_NAME}"
    rf"|[A-Z][A-Z .'’\-]+|\w+)"
    r"|(?:Author|Reporter|Writer|Words|Text)s?: )"
)
STAFF = Guarded(
    r"\b(?:[Ss]taff (?:[Rr]eporter|[Ww]riter|[Cc]orrespondent)|[Cc]orrespondent|Contributing (?:writer|reporter)"
    r"|News (?:desk|Desk)"
    r"|Political Editor|Senior (?:Reporter|Writer|Editor)|contributed to this (?:report|story|article)|Special to"
    r"|with (?:CNA|AFP|AP|Reuters))\b"
    r"|^(?:Agencies|News agencies|Staff)$",
    "taff;orrespondent;Contributing;News ;Political;Senior ;contributed;Special to;with ;gencies",
)
UPDATED = re.compile(
    r"^(?:(?:Last |First )?(?:Updated|Published|Posted|Modified|Created|Filed|UPDATED|PUBLISHED|POSTED|updated"
    r"|published|modified)\b"
    r"|(?:Date|Time|Updated at|Issue Date)\b ?:)"
)
AGENCY_LINE = re.compile(rf"^(?:{_NAME} ?[/,|] ?)?{_AGENCY}(?:\s*[,/|–—\-]\s*[A-Z][\w .’'\-]+)?$")
NAME_PLACE = re.compile(rf"^{_NAME}(?: and {_NAME})? in [A-Z][\w’'\-]+(?:[ ,]+[A-Z][\w’'\-]+)*$")
NAME_ONLY = re.compile(rf"^(?:{_NAME})(?:(?:,| and| &) {_NAME})*$")
HANDLE = re.compile(r"^@\w{2,30}$|^\S+@\S+\.\w{2,4}$")
AUTHOR_NOTE = re.compile(
    rf"^{_NAME} is (?:an?|the) [\w\- ,]*(?:reporter|writer|editor|correspondent|journalist|columnist|author"
    rf"|contributor)\b"
    rf"|^(?:{_NAME}[’']s )?{_NAME}(?: and {_NAME})* contributed to this|^(?:Additional|With) reporting|^Reporting by"
    rf"|^Editing by"
    rf"|^\(Reporting by|^Follow {_NAME} on|^Edited by|^Translated by|^(?:This (?:story|article) (?:was|first"
    rf"|originally)|Source:|SOURCE)"
)

CREDIT = Guarded(
    r"(?:^|[\s(\[|.])(?:Photo(?:graph|s)?|PHOTO|Image|IMAGE|Picture|Pic|File (?:photo|image)|Illustration|Graphic"
    r"|Screenshot|Screengrab"
    r"|Video|Credit|CREDIT|Courtesy(?: of)?|Courtesy)(?: (?:credit|by|courtesy(?: of)?|via))?\s?[:/©|] ?\S?",
    ":;/;©;|",
)
CREDIT_END = Guarded(
    r"(?:\(?(?:Getty(?: Images)?|AFP(?: PHOTO)?|Reuters|REUTERS|EPA(?:-EFE)?|AP(?: Photo)?|Shutterstock|Alamy|iStock"
    r"|Bloomberg|Rex Features"
    r"|WireImage|PA(?: Wire)?|Xinhua|Flickr|Wikimedia(?: Commons)?|Unsplash|Pexels|Courtesy(?: photo)?|Anadolu"
    r"|Corbis|Associated Press"
    r"|Handout|File|Facebook|Twitter|Instagram)(?: ?/ ?[\w .]+)?\)?[.\])]?|Getty Images\)|/AP\)|via \S+(?: "
    r"\S+){0,3}\])$",
    "Getty;AFP;REUTERS;euters;EPA;AP;Shutter;Alamy;iStock;Bloom;Rex ;WireImage;PA;Xinhua;Flickr;Wikimedia;"
    "Unsplash;Pexels;Courtesy;Anadolu;Corbis;Associated;Handout;File;Facebook;Twitter;Instagram;via ",
)
CREDIT_START = re.compile(
    r"^(?:Photo(?:graph|s)?|PHOTO|Image|IMAGE|Picture|File (?:photo|image)|FILE ?[-–—:]|FILE PHOTO|In this (?:photo"
    r"|image|picture|\w+ \d+)"
    r"|Illustration|Caption|Credit|Video|Screen(?:shot| grab)|Courtesy|©|\(Photo|\(Image|\[H/T|\[Photo|Pictured"
    r"|Above:|Left:|Right:|Below:)\b"
)
CREDIT_PHRASE = Guarded(
    r"\b(?:[Pp]hoto (?:by|courtesy|credit)|[Pp]hotograph(?:ed)? by|[Pp]icture by|\(AP Photo|AP Photo|Getty Images"
    r"|AFP PHOTO|[Ii]mage (?:courtesy|credit)"
    r"|[Cc]ourtesy of|[Ff]ile (?:photo|image)|\((?:left|right|centre|center|pictured|l|r)\)|EPA-EFE|, pictured\b"
    r"|poses? for a (?:photo|picture)"
    r"|[Ss]creen grab|is seen (?:in|at|on)|are seen (?:in|at|on))",
    "hoto;icture;Getty;AFP;mage;ourtesy;(left);(right);(cent;(l);(r);EPA-;creen grab;is seen;are seen",
)

RELATED = re.compile(
    r"^\W{0,3}(?:READ (?:MORE|ALSO|NEXT|NOW)|ALSO READ|ALSO|SEE ALSO|WATCH|LISTEN|RELATED|MORE|Related(?: (?:story"
    r"|stories|article|articles|link|links|coverage|content|news))?"
    r"|Read (?:more|also|next|this)|Also read|See also|See more|Watch|Don[’']t miss|DON[’']T MISS|Must read|MUST "
    r"READ|In pictures|IN PICTURES|Analysis|EXPLAINER|Explainer"
    r"|Opinion|OPINION|FULL STORY|Full story|Previously|EARLIER|Earlier|Background|Click here|CLICK (?:HERE|TO)"
    r"|Video|VIDEO|PHOTOS|Live|LIVE)\s*[:|»>–—]",
)
MORE_HEADING = re.compile(
    r"^\W{0,3}(?:(?:you (?:might|may) (?:also )?(?:like|be interested)|recommended(?: (?:for you|stories|reading"
    r"|articles))?|more (?:about|news|stories|articles|on|from|in|coverage|headlines)"
    r"|most (?:read|popular|viewed|shared|commented|recent)|related(?: (?:news|stories|articles|posts|content|links"
    r"|topics|coverage))?|trending(?: (?:now|stories))?|latest(?: (?:news|stories|articles|headlines))?"
    r"|top (?:stories|news|posts)|popular(?: (?:now|stories|posts))?|editor[’']?s[’']? (?:picks?|choice)|what to "
    r"read next|read (?:next|more)|see also|also (?:on|in)|don[’']t miss|up next|must reads?|in other news"
    r"|other (?:news|stories)|recent (?:posts|articles|news|stories)|from around the web|around the web|promoted "
    r"stories|sponsored (?:content|links|stories)|featured(?: (?:stories|articles|posts))?|next (?:article|story|up)"
    r"|previous (?:article|story)"
    r"|you may have missed|elsewhere|watch next|paid content|from our partners|hot topics|topics|in this story|next "
    r"auto news|top headlines|more like this)\b.{0,30})[:>»\s]*$",
    re.IGNORECASE,
)
READ_MORE_END = re.compile(
    r"(?:[Rr]ead (?:more|on|full story|the full (?:story|article)|article)|[Cc]ontinue(?: reading)?|[Mm]ore|[Ff]ull "
    r"story|[Ll]earn more|READ MORE)\s*(?:\.\.\.|…|»|>+|→)?\]?$"
)
ELLIPSIS_END = re.compile(r"(?:\.\.\.\.?|…|\[(?:\.\.\.|…)\]|\((?:\.\.\.|…)\)|\. ?\. ?\.)$")

KICKER = re.compile(
    r"^[\"'“‘]?(?=(?:[^a-z]*[A-Z]){2})[A-Z0-9][A-Z0-9’'&.,/\-]*(?:[ \u00a0][A-Z0-9’'&.,/\-]+){0,5}[’'”\"]?(?:[:?|]"
    r"|\s[|–—]|:)(?=\s+\S)"
)
DATELINE = re.compile(
    rf"^(?:[A-Z][A-Z.’'\-]+(?:[ ,]+[A-Z][A-Za-z.’'\-]+){{0,4}}(?:,? {_MONTH} "
    rf"\d{{1,2}})?\s*(?:\([^)]{{2,30}}\))?\s*(?:[–—]|--?|:)\s+\S"
    rf"|[A-Z][\w.’'\-]+(?:[ ,]+[A-Z][\w.’'\-]+){{0,4}},? {_MONTH} \d{{1,2}}\s*(?:\([^)]{{2,30}}\))?\s*(?:[–—:]"
    rf"|--?)?\s*\S"
    rf"|[A-Z][\w.’'\-]+(?:[ ,]+[A-Z][\w.’'\-]+){{0,4}} \((?:{_AGENCY}|[A-Z]{{2,6}}|Reuters)\)\s*(?:[–—:]|--?)?\s*\S"
    rf"|[A-Z][\w.’'\-]+(?:[ ,]+[A-Z][\w.’'\-]+){{0,3}} [–—] [A-Z])"
)
CAPITALISED = r"[A-Z\u00c0-\u00de][\w.’'\-]*"
PLACE_LINE = re.compile(
    rf"{CAPITALISED}(?:,? {CAPITALISED}){{0,4}}"
    rf"(?:,? ?(?:-? ?\d{{1,2}} )?{_MONTH}\.?(?: \d{{1,4}})?(?:,? \d{{4}})?)?"
    r"\s?(?:[(/][^()/]{2,30}[)/])?\.?\s?(?:[–—:]|--?)\s|"
    rf"{CAPITALISED}(?: {CAPITALISED}){{0,3}} [(/][^()/]{{2,30}}[)/]\.?\s"
)
"""What may be a dateline, in more forms than DATELINE knows, for places where an article is looked for: `MANILA — `,
`Muscat: `, `DURBAN, May 20 2022 (IPS) - `, `Hanoi (VNA) `. Running text has the like (`Ryu said: `)."""
RANK = re.compile(r"^(?:#|No\. ?)?\(?\d{1,3}[.):]?$")
NUMBERED = re.compile(r"^(?:#|No\. ?)?\(?\d{1,2}(?:[.):]|\s[-–—])?\s+(?=[\"“‘']?[A-Z])")
BULLET = re.compile(r"^[•·▪●◦‣*►▶»>–—\-]\s*\S")

CONNECTIVE = _words(
    """
    and but or so yet nor however meanwhile moreover furthermore still also then thus therefore nevertheless instead
    indeed besides similarly likewise otherwise additionally finally elsewhere earlier later afterwards eventually
    despite although though while because since that this these those such another other others both neither either
    too perhaps again later
    """
)
PRONOUN = _words(
    """
    he she it they we i you his her its their our my your him them us me
    """
)
TITLES = _words(
    """
    mr mrs ms dr prof professor sir dame lord lady sen rep gov president chancellor minister
    """
)
SPEECH = re.compile(
    r"\b(?:s(?:aid|ays|aying|tated|uggested)|a(?:dd(?:ed|s)|rgue[ds]|sk(?:ed|s)|dmitted|ccording to|nnounced)"
    r"|t(?:old|ells)|explain(?:ed|s)|insisted|w(?:rote|rites|arn(?:ed|s))|re(?:plied|called)|note[ds]"
    r"|c(?:laim(?:ed|s)|ontinued|oncluded|ommented))\b"
)
LEAD_WORD = re.compile(
    r"\b(?:yesterday|to(?:day|night)|Monday|T(?:ue|hur)sday|Wednesday|Friday|S(?:atur|un)day"
    r"|la(?:st (?:week|month|year|night)|unched)|this (?:week|month|year|morning)|a(?:nnounced|ccording to)|unveiled"
    r"|revealed|ha(?:s|ve) been|w(?:ill be|orld[’']s)|new (?:study|research|report|survey|figures)"
    r"|f(?:or the first time|irst))\b"
)
STOP = _words(
    """
    the a an of to in on at by for with from as is are was were be been being it its this that these those and or but
    if then than so not no nor do does did has have had having will would can could should may might must shall he she
    they we you i his her their our your my him them us me who whom which what when where why how all any both each
    few more most other some such only own same too very just about above after again against also because before
    below between down during further here into off once out over through under until up while there s t re ve ll d m
    said says say one two new mr mrs ms told like get got make made way even well back still much many since however
    among across around per cent percent year years people time
    """
)
