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
        r"(?:this|article))\b"
    ),
    "privacy": re.compile(
        r"\b(?:cookies?|privacy|terms (?:of|and)|conditions|consent|gdpr|personal data|data protection|policy|opt[- "
        r"]out|legal notice|disclaimer|do not sell|preferences|ad ?choices|personali[sz]e)\b"
    ),
    "rights": re.compile(
        r"©|\bcopyright\b|\ball rights reserved\b|\brights reserved\b|\bmay not be (?:published|reproduced|copied)"
        r"|\bredistributed\b|\bregistered (?:office|in england|trademark)|\bpowered by\b|\blicen[cs]ed under\b"
        r"|\btrademarks?\b"
        r"|\bpress standards\b|\bpart of (?:the )?[a-z]\w+ (?:group|network|media)|\bis a network of\b|\breprints?\b"
    ),
    "comments": re.compile(
        r"\b(?:comments?|commenting|repl(?:y|ies)|report abuse|moderat\w+|be the first to|leave a|join the "
        r"(?:conversation|discussion)|post a|add a|your name|required fields|abusive|obscene|remarks containing"
        r"|will be (?:deleted|removed|banned)"
        r"|community (?:standards|guidelines)|flag as|upvote|view all|notify me|follow-up)\b"
    ),
    "sharing": re.compile(
        r"\b(?:share (?:this|on|via|article|with)|tweet(?: this)?|pin it|follow (?:us|me)|like us|facebook|twitter"
        r"|instagram|whatsapp|linkedin|youtube|pinterest|telegram|rss|print(?: this)?|e-?mail this|copy link"
        r"|bookmark|save (?:article|for later)|tiktok)\b"
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
        r"|email|comment|author)\s*[*:>»×]*$"
    ),
    "advertising": re.compile(
        r"\b(?:advertis\w*|sponsored|promoted|ad feedback|story continues|article continues|continue reading|scroll "
        r"(?:down|to)|affiliate|commission|partner content|special offer|limited time|buy now|shop now|download "
        r"(?:the|our)|get the \w+(?: \w+)? app|app store|click here|tap here|learn more|loading\.\.\.)\b"
    ),
    "address": re.compile(
        r"\b(?:please (?:refresh|note|enter|enable|try|be mindful|read|click|contact|sign)|thank you for"
        r"|you(?:[’']ve| have) (?:already |successfully )?\w+ed|navigate to|another page|enable javascript|we (?:use"
        r"|value|may)|by (?:continuing|signing|submitting|clicking|using|subscribing)"
        r"|you agree|your choices|our (?:site|website|coverage|partners|journalists|team|app|newsletter|privacy)"
        r"|this (?:site|website|feature|form|page)|correct\w* (?:an )?error|make a complaint|get (?:the )?(?:latest"
        r"|best|breaking|up-to)|stay (?:informed|up to date|connected)|don[’']t miss out)\b"
    ),
    "tags": re.compile(
        r"^(?:tags?|topics?|filed under|keywords?|categories|in this (?:story|article)|more (?:about|on))\s*[:|]?"
    ),
    "bars": re.compile(r"(?:\s[|·•/]\s.*){2,}"),
}
"""Searched for in text in small letters, which is faster than to search without regard to case."""

_WORD = re.compile(r"[a-z]+")
_NEEDED: dict[str, frozenset[str]] = {
    group: frozenset(words.split())
    for group, words in (
        (
            "account",
            "sign log logi logg subs news regi inbox account email mail password details subscription profile device "
            "browser unsu memb free star beco crea forgot user push alerts dail deli straight dona supp payw gift",
        ),
        (
            "privacy",
            "cook priv terms cond cons gdpr pers data poli opt lega disc sell pref choices adch",
        ),
        (
            "rights",
            "copy rights publ repr copied redi regi powe lice trad standards group network media",
        ),
        (
            "comments",
            "comment comments commenting repl report mode first leave conversation discussion post add name fields "
            "abus obsc rema deleted removed banned standards guidelines flag upvote view notify follow",
        ),
        (
            "sharing",
            "share twee pin follow like facebook twitter instagram whatsapp linkedin youtube pinterest telegram rss "
            "print mail email copy bookmark save tiktok",
        ),
        (
            "advertising",
            "adve spon prom feedback cont scroll affiliate commission partner offer limited buy shop download app "
            "click tap learn loading",
        ),
        (
            "address",
            "please thank ve have navigate another enable we by agree choices site website coverage partners "
            "journalists team app newsletter privacy feature form page error complaint get stay miss",
        ),
    )
}
"""Words, or first four letters of words, without which a group cannot match: saves most of the searching."""


def furniture_in(text: str) -> dict[str, bool]:
    """For every group of FURNITURE, whether the text shows it."""
    text = text.lower()
    words = set(_WORD.findall(text))
    words |= {word[:4] for word in words}
    found = {}
    for name, pattern in FURNITURE.items():
        needed = _NEEDED.get(name)
        possible = needed is None or not words.isdisjoint(needed) or (name == "rights" and "©" in text)
        if name == "bars":
            possible = "|" in text or "·" in text or "•" in text or "/" in text
        found[name] = possible and pattern.search(text) is not None
    return found
