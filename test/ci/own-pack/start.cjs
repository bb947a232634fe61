module.exports = import("./main.ts");
