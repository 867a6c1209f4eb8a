// The frame's own door: the focus when it is opened, and the button and the key that close it.

import * as host from "./host.js";

const button = document.getElementById("close");
const heading = document.getElementById("heading");

host.listen({
  onOpen: () => {
    button.hidden = false;
    heading.focus();
  },
});
button.addEventListener("click", host.close);
document.addEventListener("keydown", (event) => event.key === "Escape" && host.close());
document.getElementById("full-page").hidden = window.parent === window;
