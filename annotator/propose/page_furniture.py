"""What sites put around and between articles, for generated training pages: made-up lines in the forms that occur."""

from __future__ import annotations

import random


def listed(text: str) -> tuple[str, ...]:
    """The items of a text in which bars and line ends stand between them."""
    return tuple(item.strip() for line in text.strip().splitlines() for item in line.strip().split("|"))


SITE_LINES = tuple(
    line.strip()
    for line in """
    Sign up for our newsletter to get the latest stories in your inbox.
    Sign up to our free morning email
    Subscribe to our newsletter
    Subscribe
    Subscribe now
    Subscribed
    Log in
    Sign in
    Register
    Sign in / Register
    Create a free account to continue reading
    You have successfully subscribed to this newsletter!
    Thank you for registering
    Thank you for subscribing
    Please check your inbox to confirm your subscription.
    Please enter a valid email address
    Already a subscriber? Log in
    You have reached your limit of free articles this month.
    Get unlimited access for less than the price of a coffee
    Get the day's top headlines delivered to your inbox every morning
    Get breaking news alerts on your phone
    Download our free app for iOS and Android
    The most important stories of the day, chosen by our editors.
    Startups, money and everything in between: our weekly roundup lands on Friday.
    Your weekly guide to what to watch, read and listen to.
    Every weekday and Sunday, you can get the best of our coverage.
    By signing up you agree to our terms of use and privacy policy and to receive marketing messages.
    By submitting your email, you agree to our Terms and Privacy Notice.
    By clicking submit you agree to receive emails from us and our partners.
    You can unsubscribe at any time.
    You can withdraw your consent at any time by changing your settings.
    We use cookies to improve your experience, personalise content and ads and analyse traffic. Accept our policy.
    This website uses cookies to ensure you get the best experience.
    This site uses cookies. By continuing to browse the site you are agreeing to our use of cookies. Find out more here.
    Accept all
    Manage preferences
    Cookie settings
    Your privacy choices
    Do not sell my personal information
    Privacy Policy
    Terms of Service
    Terms and Conditions
    Terms of use | Privacy policy | Contact us
    About Us | Advertise | Careers | Privacy | Terms of Service | Contact Us
    About us | Contact | Site map
    Help | FAQ | Accessibility | Corrections
    Copyright © 1999-2024 The Daily Herald. All rights reserved.
    © 2023 Morning Post Media Ltd. All Rights Reserved.
    © 2019 Valley Tribune
    Copyright 2021 Northern Star Publishing Company. All rights reserved. No reproduction without permission.
    This material may not be published, broadcast, rewritten or redistributed without permission.
    Market data delayed by at least 15 minutes. Quotes are provided by a third party.
    Registered office: 14 Harbour Street. Registered in England No. 4471902.
    The Evening Chronicle is a member of the Independent Press Standards Organisation. To complain please click here.
    The content of this site may not be reproduced without our written consent. Part of the Lakeside Media Group.
    Powered by WordPress
    Powered by Newsroom Cloud
    Comments
    Comment
    Add a comment
    Leave a comment
    Leave a Reply
    Post a comment
    View comments
    12 Comments
    Be the first to comment
    Join the discussion
    Share your thoughts in the comments below.
    Comments are moderated and will appear after approval.
    Comments on this article are now closed.
    Your email address will not be published. Required fields are marked *
    Name *
    Email *
    Website
    Save my name, email, and website in this browser for the next time I comment.
    Notify me of new comments via email.
    Notify me of follow-up comments by email.
    Users must respect the law and other users. A comment will be deleted if it contains insults, advertising or links.
    Remarks containing abusive language or promotion will be removed and the user banned.
    Please be mindful of our community standards.
    Please keep comments respectful and relevant. Off-topic remarks may be removed.
    Report abuse
    Report
    Reply
    Like
    Flag
    First!
    Great article, thanks for sharing.
    I completely disagree with this. Where is the evidence?
    Nobody asked for this and nobody wants it.
    Same thing happened to my brother last year
    Sounds about right to me, although I would like to see the numbers.
    This is the best thing I have read all week.
    Typical. They never learn, do they?
    Well said.
    lol
    Why is this news?
    Can someone explain what this means for the rest of us?
    Share this article
    Share on Facebook
    Share on Twitter
    Share
    Tweet
    Email
    Print
    Print this article
    Copy link
    Save for later
    Follow us on Facebook and Twitter
    Follow us
    Facebook Twitter Instagram YouTube
    Like us on Facebook
    Advertisement
    ADVERTISEMENT
    Advertisement - story continues below
    Article continues after advertisement
    Story continues below this advertisement
    Sponsored
    Promoted stories
    Skip to main content
    Skip to content
    Menu
    Search
    Close
    Home
    Back to top
    Next
    Previous
    More
    Show more
    Load more
    View all
    See all
    Loading...
    Please refresh the page or navigate to another page on the site to be automatically logged in
    Please enable JavaScript to view this page.
    You need to be logged in to use this feature.
    Your browser is out of date.
    Font size: A A A
    Listen to this article
    Reading time: 4 minutes
    3 min read
    Tags: climate, energy, policy
    Tags: elections | parliament | Europe
    Filed under: Business
    Topics: Health, Science
    Have a story? Get in touch with our newsdesk.
    Do you know more about this story? Email us in confidence.
    Spotted a mistake? Let us know and we will correct it.
    If you have a complaint about our coverage, please contact the editor.
    Support independent journalism. Become a member today.
    Watch Live TV
    Watch Live
    Listen live
    Today's Paper
    E-paper
    Home delivery
    Weather forecast
    Instagram
    Newsletter
    Most read
    This feature personalises your experience so that you get more out of our site. See our privacy policy here.
    Your personal data will only be disclosed to third parties where this is required by law or needed to run this site.
    You may revoke this consent at any time with effect for the future.
    Further information on data privacy can be found in our Data Protection Policy.
    """.strip().splitlines()
)
SECTIONS = listed(
    """
    Home|News|World|Business|Sports|Sport|Politics|Opinion|Culture|Entertainment|Lifestyle|Technology|Tech|Science
    Health|Travel|Weather|Local|National|International|Features|Editorials|Classifieds|Front Page|Taiwan News
    World News|Arts|Music|Books|Film|Fashion|Food|Style|Education|Environment|Jobs|Videos|Photos|Podcasts|Live
    Latest|US|UK|Asia|Europe|Africa|Americas|Middle East|Money|Markets|Letters|Columns|Obituaries|Property|Motoring
    Games|Crosswords|Magazine|Investigations
    """
)
LIST_HEADINGS = listed(
    """
    Recommended|You might also like|You may also like|MORE ABOUT|More News|More news|Read more:|Related
    Related Articles|Related stories|RELATED NEWS|Related Content|Most Read|Most Popular|MOST POPULAR|Trending
    Trending now|Latest News|LATEST NEWS|Top Stories|TOP STORIES|Editor's Picks|Don't miss|What to read next
    Read next|More from this section|More on this story|More stories|Also on this site|Recent Posts|Popular Posts
    From around the web|In other news|Up next|More Articles|Featured|Latest|See also|More in World|More in Business
    Other news|Next Article|Previous Article
    """
)
INSIDE_HEADS = listed(
    """
    What happens next?|Background|The road ahead|Mixed reaction|A difficult choice|Growing concern|Why it matters
    The numbers|Long-term effects|Different views|Early life|Key findings|How it works|What the experts say
    Looking ahead|A new start|Cost and benefits|Public response|Legal questions|Safety first|Introduction
    What is changing?|Who is affected?|The bigger picture|Next steps|Early warnings|Under pressure|Local voices
    Rising costs|Market reaction|No easy answers
    """
)
LINK_PREFIXES = listed(
    """
    READ MORE:|READ MORE:|ALSO READ:|Also read:|Read more:|SEE ALSO:|[Related:|Related:|RELATED:|WATCH:|Read also:
    MORE:|Don't miss:|Read:|Opinion:|Analysis:
    """
)
FIRST = listed(
    """
    Maria|James|Sofia|Daniel|Priya|Samuel|Elena|Oliver|Amina|Lucas|Yuki|Chen|Nadia|Paolo|Ingrid|Ahmed|Grace|Hassan
    Laura|Peter|Anna|Tom|Fatima|Kenji|Olga|Victor|Ruth|Carlos|Mei|Omar|Lucy|David|Sarah|Michael|Emma|John|Rachel|Ben
    """
)
LAST = listed(
    """
    Hassan|Rossi|Larsen|Ferreira|Huang|Kim|Osei|Okafor|Brooks|Carter|Petrova|Farouk|Sharma|Conti|Novak|Dubois
    Wei-lin|Lopes|Haddad|Smith|Johnson|Brown|Miller|Wilson|Taylor|Clark|Lewis|Walker|Young|Evans|Murphy|Tanaka
    Ivanov|Silva|Nguyen|O'Brien|Schmidt|Moreau|Khan
    """
)
LONG_CITIES = listed(
    "New York|New Delhi|Hong Kong|Cape Town|Buenos Aires|Mexico City|Tel Aviv|Addis Ababa|Los Angeles|Abu Dhabi"
    "|Kuala Lumpur|Rio de Janeiro|San Francisco|Panama City|Port Moresby|Sri Lanka|Costa Rica|Washington, D.C."
)
CITIES = listed(
    """
    Delhi|Paris|Nairobi|Seoul|Tokyo|Taipei|London|Berlin|Madrid|Cairo|Lagos|Jakarta|Manila|Ottawa|Brussels
    Washington|Beijing|Rome|Vienna|Sydney|Lima|Athens|Kyiv|Warsaw|Bangkok|Geneva
    """
)
MONTHS = listed(
    """
    January|February|March|April|May|June|July|August|September|October|November|December
    """
)
AGENCIES = listed(
    """
    Reuters|AFP|AP|Bloomberg|CNA|Xinhua|Kyodo|EFE|The Associated Press|Agence France-Presse|dpa|PA Media
    """
)
OUTLETS = listed(
    """
    Daily Herald|The Observer|Morning Post|The Tribune|Evening Star|The Chronicle|Northern Echo|City Press
    """
)


def person(rng: random.Random) -> str:
    """A made-up name."""
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


def date(rng: random.Random) -> str:
    """A date in one of the common forms."""
    day, month, year = rng.randint(1, 28), rng.choice(MONTHS), rng.randint(2005, 2025)
    return rng.choice(
        (
            f"{month} {day}, {year}",
            f"{month} {day}, {year}",
            f"{day} {month} {year}",
            f"{month[:3]} {day}, {year}",
            f"{day} {month[:3]} {year}",
            f"{year}-{MONTHS.index(month) + 1:02d}-{day:02d}",
            f"{day:02d}/{MONTHS.index(month) + 1:02d}/{year}",
        )
    )


def _clock(rng: random.Random) -> str:
    hour, minute = rng.randint(1, 12), rng.randint(0, 59)
    return rng.choice(
        (
            f"{hour}:{minute:02d} AM",
            f"{hour}:{minute:02d} pm",
            f"{hour + 9}:{minute:02d} GMT",
            f"{hour}:{minute:02d}PM ET",
        )
    )


BYLINE_FORMS = 18


def byline(rng: random.Random, form: int | None = None) -> str:
    """Author, date, agency or the time of an update, in one of `BYLINE_FORMS` forms."""
    name, when, city = person(rng), date(rng), rng.choice(CITIES)
    forms = (
        f"By {name}",
        f"By {name}",
        f"By {name} and {person(rng)}",
        f"By {name} / Staff reporter",
        f"By {name}, {when}",
        f"{name} in {city}",
        f"Published: {when}",
        when,
        f"{rng.choice(AGENCIES)}, {city.upper()}",
        f"Staff writer, with {rng.choice(AGENCIES)}",
        f"Updated: {when} / {_clock(rng)}",
        f"{when} - {_clock(rng)}",
        f"by {name} on {when}",
        f"BY {name.upper()}",
        f"{rng.choice(AGENCIES)}",
        f"{name}, {rng.choice(OUTLETS)}",
        f"Last updated {_clock(rng)}, {when}",
        f"{name} | {when}",
    )
    return forms[rng.randrange(BYLINE_FORMS) if form is None else form % BYLINE_FORMS]


def credit(rng: random.Random) -> str:
    """A photo credit without a caption."""
    agency = rng.choice(
        ("AP", "AFP", "Reuters", "EPA-EFE", "Bloomberg", "Getty Images", "Shutterstock", "Xinhua", "PA")
    )
    return rng.choice(
        (
            f"Photo: {agency}",
            f"Photo: {agency}",
            f"Photo: {person(rng)}, {rng.choice(OUTLETS)}",
            f"Photo: {person(rng)}",
            f"Image: {agency}",
            f"Photograph: {person(rng)}/{rng.choice(OUTLETS)}",
            f"Photo courtesy of the {rng.choice(CITIES)} city government",
            "Photo: Screen grab from the Internet",
            f"Photo: Courtesy of {person(rng)}",
            f"({person(rng)}/{agency})",
            f"Picture: {person(rng)}",
            f"Credit: {agency}",
            f"({agency} Photo/{person(rng)})",
        )
    )


def caption(rng: random.Random, sentence: str, name: str) -> str:
    """A caption with a credit, from a sentence of the article or about somebody in it."""
    tail = credit(rng)
    if not tail.startswith("("):
        tail = tail.replace("Photograph:", rng.choice(("Photograph:", "Photo:")))
    place = rng.choice(CITIES)
    made = (
        sentence,
        sentence,
        sentence,
        f"{name} in {place} on {date(rng)}.",
        f"{name} speaks at a news conference in {place}, {date(rng)}.",
        f"File photo of {name} in {place}.",
        f"{name} arrives for a meeting in {place} last week.",
        f"People walk past the building in central {place}, in this file picture.",
    )
    text = rng.choice(made)
    return text if rng.random() < 0.12 and not text.startswith(sentence[:20]) else f"{text} {tail}"
