/** On top of the plan page's sheet: one colour and one word per severity, for those who see no colours. */
export const ownStyle = `
.severity { display: inline-block; min-width: 74px; padding: 1px 8px; border-radius: 9px; color: #fff; font-weight: 600; text-align: center; font-size: 11.5px; }
.severity.critical { background: #a3123a; } .severity.high { background: #b3470b; } .severity.medium { background: #7a6200; } .severity.low { background: #4b5563; }
.severity.expired { background: #a3123a; } .severity.soon { background: #b3470b; } .severity.holds { background: #2f6b3d; }
.verdict { padding: 10px 16px; border: 2px solid var(--bad); border-left-width: 10px; border-radius: 6px; background: color-mix(in srgb, var(--bad) 9%, var(--page)); --bad: #4b5563; }
.verdict strong { font-size: 17px; } .verdict ol { margin: 4px 0; padding-left: 22px; } .verdict li { margin-bottom: 6px; }
.verdict.critical { --bad: #c4154a; } .verdict.high { --bad: #c9560f; } .verdict.medium, .verdict.open { --bad: #a58400; } .verdict.clean { --bad: var(--t1); }
.tiles li.some { border-left: 6px solid var(--bad); } .tiles li.critical { --bad: #c4154a; } .tiles li.high { --bad: #c9560f; } .tiles li.medium { --bad: #a58400; } .tiles li.low { --bad: #6b7280; }
.open { padding: 8px 16px; border: 1px solid var(--gate); border-left-width: 6px; border-radius: 6px; } .verdict.open { padding: 10px 16px; }
table.findings { table-layout: fixed; min-width: 820px; } table.findings th:nth-child(1) { width: 98px; } table.findings th:nth-child(2) { width: 21%; }
table.findings th:nth-child(4) { width: 29%; } table.findings th:nth-child(5) { width: 15%; } td.number b { font-size: 13px; } .ok { color: var(--t1); font-weight: 600; }
table.exceptions { table-layout: fixed; min-width: 820px; } table.exceptions th:nth-child(1) { width: 116px; } table.exceptions th:nth-child(2) { width: 24%; } table.exceptions th:nth-child(3) { width: 12%; } table.exceptions th:nth-child(4) { width: 26%; }
code { overflow-wrap: anywhere; background: var(--panel); border: 1px solid var(--rule); border-radius: 4px; padding: 0 4px; user-select: all; }
`;
