"""What people call the browsers and programs that sign in, by the names these send (User-Agent)."""

_PROGRAMS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """What people call a browser: 'Firefox on Windows'."""
    program = next((name for sign, name in _PROGRAMS if sign in user_agent), "A browser")
    machine = next((name for sign, name in _MACHINES if sign in user_agent), None)
    return f"{program} on {machine}" if machine else program


def program_name(user_agent: str) -> str:
    """What an app calls itself, without its versions; a browser's name where a page asked."""
    if user_agent.startswith("Mozilla/"):
        return browser_name(user_agent)
    words = user_agent.split("/")[0].split()
    return " ".join(words)[:40] or "An app"
