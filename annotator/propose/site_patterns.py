"""What sites put around articles, by group: account, privacy, rights, comments, sharing, navigation and the like."""

from __future__ import annotations

import re

FURNITURE: dict[str, re.Pattern[str]] = {
    "account": re.compile(
        r"\b(?:sign (?:up|in|out)|log ?(?:in|out|ged)|subscrib\w*|newsletters?|regist(?:er|ering|ration)|your "
        r"(?:inbox|account|email|e-mail|password|details|subscription|profile|device|browser)|unsubscribe|membership"
        r"|free trial|start your|become a (?:member|supporter|subscriber)|create an account|forgot|password|e-?mail "
        r"(?:address|alerts?)|username|push notifications?|alerts|daily (?:briefing|digest|roundup)"
        r"|delivered (?:weekly|daily|straight|to|every)|straight to your|donate|support (?:us|our)|paywall|gift "
        r"(?:this|article))\b",
        re.IGNORECASE,
    ),
    "privacy": re.compile(
        r"\b(?:cookies?|privacy|terms (?:of|and)|conditions|consent|gdpr|personal data|data protection|policy|opt[- "
        r"]out|legal notice|disclaimer|do not sell|preferences|ad ?choices|personali[sz]e)\b",
        re.IGNORECASE,
    ),
    "rights": re.compile(
        r"©|\bcopyright\b|\ball rights reserved\b|\brights reserved\b|\bmay not be (?:published|reproduced|copied)"
        r"|\bredistributed\b|\bregistered (?:office|in england|trademark)|\bpowered by\b|\blicen[cs]ed under\b"
        r"|\btrademarks?\b"
        r"|\bpress standards\b|\bpart of (?:the )?[A-Z]\w+ (?:group|network|media)|\bis a network of\b|\breprints?\b",
        re.IGNORECASE,
    ),
    "comments": re.compile(
        r"\b(?:comments?|commenting|repl(?:y|ies)|report abuse|moderat\w+|be the first to|leave a|join the "
        r"(?:conversation|discussion)|post a|add a|your name|required fields|abusive|obscene|remarks containing"
        r"|will be (?:deleted|removed|banned)"
        r"|community (?:standards|guidelines)|flag as|upvote|view all|notify me|follow-up)\b",
        re.IGNORECASE,
    ),
    "sharing": re.compile(
        r"\b(?:share (?:this|on|via|article|with)|tweet(?: this)?|pin it|follow (?:us|me)|like us|facebook|twitter"
        r"|instagram|whatsapp|linkedin|youtube|pinterest|telegram|rss|print(?: this)?|e-?mail this|copy link"
        r"|bookmark|save (?:article|for later)|tiktok)\b",
        re.IGNORECASE,
    ),
    "navigation": re.compile(
        r"^(?:home(?:page)?|menu|search|skip to (?:main )?(?:content|navigation)|close|open|back(?: to top)?|next"
        r"|previous|prev|more|show (?:more|less|all)|load more|view (?:more|all|gallery)|see (?:all|more)|sections?"
        r"|world(?: news)?|business|sports?|politics|opinion|culture"
        r"|entertainment|lifestyle|tech(?:nology)?|science|health|travel|weather|local|national|international"
        r"|features?|editorials?|classifieds?|jobs|video(?:s)?|photos?|podcasts?|live(?: tv)?|news|front page|latest"
        r"|about(?: us)?|contact(?: us)?|help|faq|site ?map|advertise(?: with us)?"
        r"|careers|archives?|edition|watch \w+(?: \w+)?|language|english|category|categories|tags?|topics?|breaking "
        r"news|us|uk|asia|europe|africa|americas|australia|middle east|go|submit|send|ok|accept|cancel|loading"
        r"|listen|text size|font size|arts?|money|markets?|food|style|real estate|education|environment|letters"
        r"|obituaries|crossword|horoscopes?|games|events?|newsletters?|shop|premium|store|taiwan news|website|name"
        r"|email|comment|author)\s*[*:>»×]*$",
        re.IGNORECASE,
    ),
    "advertising": re.compile(
        r"\b(?:advertis\w*|sponsored|promoted|ad feedback|story continues|article continues|continue reading|scroll "
        r"(?:down|to)|affiliate|commission|partner content|special offer|limited time|buy now|shop now|download "
        r"(?:the|our)|get the \w+(?: \w+)? app|app store|click here|tap here|learn more|loading\.\.\.)\b",
        re.IGNORECASE,
    ),
    "address": re.compile(
        r"\b(?:please (?:refresh|note|enter|enable|try|be mindful|read|click|contact|sign)|thank you for"
        r"|you(?:[’']ve| have) (?:already |successfully )?\w+ed|navigate to|another page|enable javascript|we (?:use"
        r"|value|may)|by (?:continuing|signing|submitting|clicking|using|subscribing)"
        r"|you agree|your choices|our (?:site|website|coverage|partners|journalists|team|app|newsletter|privacy)"
        r"|this (?:site|website|feature|form|page)|correct\w* (?:an )?error|make a complaint|get (?:the )?(?:latest"
        r"|best|breaking|up-to)|stay (?:informed|up to date|connected)|don[’']t miss out)\b",
        re.IGNORECASE,
    ),
    "tags": re.compile(
        r"^(?:tags?|topics?|filed under|keywords?|categories|in this (?:story|article)|more (?:about|on))\s*[:|]?",
        re.IGNORECASE,
    ),
    "bars": re.compile(r"(?:\s[|·•/]\s.*){2,}"),
}

_WORD = re.compile(r"[a-z]+")
_FIRST_LETTERS: dict[str, frozenset[str]] = {
    group: frozenset(letters.split())
    for group, letters in (
        (
            "account",
            "sign log logi logg subs news regi your unsu memb free star beco crea forg pass e emai "
            "user push aler dail deli stra dona supp payw gift",
        ),
        (
            "privacy",
            "cook priv term cond cons gdpr pers data poli opt lega disc do pref ad adch",
        ),
        (
            "rights",
            "copy all righ may redi regi powe lice trad pres part is repr",
        ),
        (
            "comments",
            "comm repl repo mode be leav join post add your requ abus obsc rema will flag upvo view noti foll",
        ),
        (
            "sharing",
            "shar twee pin foll like face twit inst what link yout pint tele rss prin e emai copy book save tikt",
        ),
        (
            "advertising",
            "adve spon prom ad stor arti cont scro affi comm part spec limi buy shop down get app clic tap lear load",
        ),
        (
            "address",
            "plea than you navi anot enab we by your our this corr make get stay don",
        ),
    )
}
"""First letters, at most four, of a word without which a group cannot match: saves most of the searching."""


def furniture_in(text: str) -> dict[str, bool]:
    """For every group of FURNITURE, whether the text shows it."""
    starts = {word[:4] for word in _WORD.findall(text.lower())}
    found = {}
    for name, pattern in FURNITURE.items():
        letters = _FIRST_LETTERS.get(name)
        possible = letters is None or not starts.isdisjoint(letters) or (name == "rights" and "©" in text)
        found[name] = possible and pattern.search(text) is not None
    return found
