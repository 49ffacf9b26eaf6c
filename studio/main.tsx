/** The page of `nearmiss studio`: its data come from the server. */
import "./jitless.js";
import { live } from "./source/live.js";
import { start } from "./start.js";
import "./style/index.css";

start(live);
