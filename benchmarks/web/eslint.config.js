import web from "../../web/eslint.config.js";

export default [{ ignores: ["dist"] }, ...web];
