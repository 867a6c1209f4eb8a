// The assistant on its own page.

import { begin } from "./assistant.js";

begin(document.getElementById("assistant"));
