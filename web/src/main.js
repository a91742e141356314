import htmx from "htmx.org";
import { enhance } from "./enhance.js";
import { guard } from "./trusted.js";

guard(htmx);
enhance();
