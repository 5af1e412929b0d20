export { default } from "@zazuko/yasgui";
import "@zazuko/yasgui/build/yasgui.min.css";
