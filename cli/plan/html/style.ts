/**
 * One sheet for screen and paper. Colours are variables: light, dark by the reader's own setting, and always light on
 * paper. Fonts are the reader's own: generic families, and behind them names that know Hangul where those do not.
 */
export const style = `
:root { color-scheme: light dark; --page: #ffffff; --panel: #f6f7f9; --ink: #16191f; --faint: #525a66; --rule: #cfd5dd; --wire: #3c4654; --fill: .2;
  --edge: #0b7285; --gate: #b35309; --shared: #6d3fc0; --t0: #1c5fb8; --t1: #23803b; --t2: #b0267a; --t3: #7a6a00; --t4: #00796b; --t5: #a33b2a; }
@media (prefers-color-scheme: dark) { :root { --page: #14171c; --panel: #1d2127; --ink: #eceff3; --faint: #a9b2be; --rule: #3b434e; --wire: #b4bdc9; --fill: .3;
  --edge: #4cc3d9; --gate: #f0a04b; --shared: #b49af5; --t0: #74aef5; --t1: #6fcf85; --t2: #f08ac6; --t3: #d8c74a; --t4: #5fd0c1; --t5: #f0907d; } }
@media print { :root { color-scheme: light; --page: #ffffff; --panel: #f6f7f9; --ink: #16191f; --faint: #525a66; --rule: #cfd5dd; --wire: #3c4654; --fill: .2;
  --edge: #0b7285; --gate: #b35309; --shared: #6d3fc0; --t0: #1c5fb8; --t1: #23803b; --t2: #b0267a; --t3: #7a6a00; --t4: #00796b; --t5: #a33b2a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px; max-width: 1240px; background: var(--page); color: var(--ink); line-height: 1.45; font-size: 14px;
  font-family: system-ui, sans-serif, "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", NanumGothic; }
.mono, .name, code { font-family: ui-monospace, monospace; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 36px 0 10px; padding-bottom: 4px; border-bottom: 2px solid var(--rule); }
h3 { font-size: 14px; margin: 20px 0 6px; } p { margin: 6px 0; } .faint { color: var(--faint); }
.tiles { display: flex; flex-wrap: wrap; gap: 10px; margin: 16px 0; padding: 0; list-style: none; }
.tiles li { flex: 1 1 130px; padding: 10px 14px; background: var(--panel); border: 1px solid var(--rule); border-radius: 6px; }
.tiles b { display: block; font-size: 22px; line-height: 1.2; }
table { border-collapse: collapse; width: 100%; margin: 8px 0; font-size: 12.5px; }
th, td { border: 1px solid var(--rule); padding: 4px 7px; text-align: left; vertical-align: top; overflow-wrap: break-word; } .name, small { overflow-wrap: anywhere; }
th { background: var(--panel); font-weight: 600; } td.number, th.number { text-align: right; white-space: nowrap; }
tr.sum td { font-weight: 600; } table.matrix td { text-align: center; } table.narrow { width: auto; min-width: 55%; } table.matrix td.open { background: color-mix(in srgb, var(--t1) 18%, var(--page)); }
table.matrix td.shut { color: var(--faint); } td small { display: block; color: var(--faint); font-size: 10.5px; }
td ul, td ol { margin: 0; padding-left: 18px; }
figure { margin: 14px 0; padding: 12px; border: 1px solid var(--rule); border-radius: 6px; } figcaption { margin-bottom: 8px; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--ink); } svg text.faint { fill: var(--faint); } svg text.strong { font-weight: 600; }
.block { fill: var(--tone, var(--faint)); fill-opacity: var(--fill); stroke: var(--tone, var(--faint)); stroke-width: 1; }
.further { fill-opacity: .05; stroke-dasharray: 4 3; } .edge { fill: var(--tone, var(--faint)); }
.trough { fill: none; stroke: var(--rule); stroke-width: 1; stroke-dasharray: 3 2; } .panel, .lane { fill: var(--panel); stroke: var(--rule); }
.outside { fill: none; stroke: var(--faint); stroke-dasharray: 5 4; } .limit { stroke: var(--ink); stroke-width: 1.5; fill: none; }
.wire { stroke: var(--wire); stroke-width: 1.4; fill: none; } .halo { stroke: var(--page); stroke-width: 5; fill: none; } .guide { stroke: var(--rule); stroke-width: 1; stroke-dasharray: 2 3; fill: none; }
.head, .start { fill: var(--wire); }
.legend { columns: 300px; margin: 8px 0 0; padding-left: 30px; font-size: 12px; } .legend li { break-inside: avoid; padding-left: 6px; border-left: 5px solid var(--tone); margin-bottom: 2px; }
.why { margin: 8px 0 0; padding-left: 18px; font-size: 12px; color: var(--faint); }
.meter { display: inline-block; width: 90px; height: 9px; border: 1px solid var(--rule); background: var(--page); vertical-align: middle; }
.meter i { display: block; height: 100%; background: var(--t0); } .wide { overflow-x: auto; }
.tone-edge { --tone: var(--edge); } .tone-gate { --tone: var(--gate); } .tone-shared { --tone: var(--shared); }
.tone-t0 { --tone: var(--t0); } .tone-t1 { --tone: var(--t1); } .tone-t2 { --tone: var(--t2); } .tone-t3 { --tone: var(--t3); } .tone-t4 { --tone: var(--t4); } .tone-t5 { --tone: var(--t5); }
@page { size: A4 landscape; margin: 10mm; }
@media print { * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } body { padding: 0; max-width: none; font-size: 11px; } table { font-size: 9.5px; }
  h2 { margin-top: 20px; } h2, h3, h2 + p { break-after: avoid; } figure, tr, .tiles { break-inside: avoid; }
  .tiles li { flex-basis: 90px; padding: 6px 8px; } .tiles b { font-size: 16px; } thead { display: table-header-group; } .wide { overflow: visible; }
  figure.page svg { max-height: 150mm; } figure.pages { break-inside: auto; } .legend { font-size: 9.5px; } .why { font-size: 9.5px; } }
`;
