"""The style sheet of all pages: light and dark, phone and print."""

LIGHT = """--paper:#ffffff; --ink:#1b1f24; --soft:#57606a; --line:#d8dee4; --wash:#f5f7f9; --customers:#0a5aa8; --others:#8a8f98;
  --crm:#0f766e; --rule:#b8560f; --good:#1a7f37; --doubt:#9a6700; --bad:#b3261e; color-scheme:light;"""
DARK = """--paper:#14171c; --ink:#e6e9ee; --soft:#a8b0bb; --line:#39414c; --wash:#1c2128; --customers:#6cb6ff; --others:#8f98a5;
  --crm:#4cc9b0; --rule:#f0a04b; --good:#57c46f; --doubt:#e0b23c; --bad:#ff8a80; color-scheme:dark;"""

FRAME = """
* { box-sizing:border-box }
html { -webkit-text-size-adjust:100%; scroll-padding-top:3.2rem }
body { margin:0 auto; max-width:72rem; padding:0 1.25rem 4rem; background:var(--paper); color:var(--ink);
  font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif }
h1 { font-size:1.7rem; line-height:1.2; margin:1.6rem 0 .3rem }
h2 { font-size:1.3rem; line-height:1.3; margin:3rem 0 .8rem; padding-top:1rem; border-top:1px solid var(--line) }
h3 { font-size:1rem; margin:0 0 .15rem }
p,ul { max-width:46rem; margin:.5rem 0 }
li { margin:.2rem 0 }
p,li,h1,h2,h3,dt,dd,summary,figcaption { overflow-wrap:anywhere }
a { color:var(--customers) }
.about,.note,figcaption { color:var(--soft) }
.note { font-size:.9rem }
.lead { font-size:1.1rem }
button { font:inherit; font-size:.85rem; padding:.3rem .8rem; color:var(--ink); background:var(--wash);
  border:1px solid var(--line); border-radius:.4rem; cursor:pointer }
nav { position:sticky; top:0; z-index:1; background:var(--paper); border-bottom:1px solid var(--line) }
nav ol { display:flex; flex-wrap:wrap; gap:.15rem 1.1rem; list-style:none; margin:0; padding:.6rem 0; font-size:.88rem }
nav li { margin:0; white-space:nowrap }
nav a { text-decoration:none }
nav a:hover { text-decoration:underline }
.verdict { border:1px solid var(--line); border-left:.5rem solid var(--good); border-radius:.4rem; padding:.6rem 1.1rem;
  background:var(--wash); margin:1rem 0; max-width:56rem }
.verdict p { font-size:1.08rem }
.verdict strong { color:var(--good) }
.verdict.doubtful { border-left-color:var(--doubt) }
.verdict.doubtful strong { color:var(--doubt) }
.verdict.refused { border-left-color:var(--bad) }
.verdict.refused strong { color:var(--bad) }
.tiles { display:grid; grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr)); gap:.8rem; margin:1rem 0 }
.tile { border:1px solid var(--line); border-radius:.4rem; padding:.7rem 1rem }
.tile dt { font-size:.9rem; color:var(--soft) }
.tile dd { margin:0 }
.tile b { display:block; font-size:1.7rem; line-height:1.35; font-weight:650 }
.tile span { font-size:.88rem; color:var(--soft); line-height:1.4; display:block }
"""

BODY = """
.gallery { display:grid; grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr)); gap:2rem 2.5rem; margin:1.2rem 0 }
figure { margin:0; min-width:0; max-width:37rem }
figcaption { font-size:.92rem; margin-bottom:.3rem }
.drawing svg { display:block; width:100%; height:auto; overflow:visible }
.scrolls { overflow-x:auto }
table { border-collapse:collapse; font-size:.9rem; margin:.6rem 0; min-width:min(100%,30rem) }
th,td { text-align:left; vertical-align:top; padding:.35rem 1.2rem .35rem 0; border-bottom:1px solid var(--line) }
td:last-child,th:last-child { padding-right:0 }
thead th { color:var(--soft); font-weight:500; font-size:.83rem; vertical-align:bottom }
.number { text-align:right; font-variant-numeric:tabular-nums; white-space:nowrap }
th.number { white-space:normal }
.finder { display:flex; flex-wrap:wrap; gap:.5rem 1.1rem; align-items:center; margin:.9rem 0 .2rem; font-size:.88rem; color:var(--soft) }
.finder[hidden] { display:none }
.finder input,.finder select { font:inherit; color:var(--ink); background:var(--paper); border:1px solid var(--line); border-radius:.4rem;
  padding:.25rem .5rem; max-width:12rem }
.finder .order { display:none }
.searched th button { all:unset; cursor:pointer }
.searched th button:hover { text-decoration:underline }
.searched th button:focus-visible,a:focus-visible { outline:2px solid var(--customers); outline-offset:2px }
th[aria-sort=ascending] button::after { content:" \\25b2"; font-size:.7em }
th[aria-sort=descending] button::after { content:" \\25bc"; font-size:.7em }
.more { margin:.2rem 0 .6rem }
.breaks { overflow-wrap:anywhere; min-width:9rem }
.searched .word { white-space:nowrap }
.searched .sentence { min-width:11rem }
.wide { font-size:.84rem }
.wide th,.wide td { padding-right:.8rem }
details { margin:.4rem 0 }
summary { cursor:pointer; font-size:.88rem; color:var(--soft); padding:.2rem 0 }
.key { font-size:.88rem; color:var(--soft) }
.factor { border-bottom:1px solid var(--line); margin:0; padding:.35rem 0; max-width:60rem }
.factor summary { font-size:1rem; color:var(--ink) }
.factor summary span { color:var(--soft); font-size:.9rem }
.levels { width:100%; table-layout:fixed }
.levels th,.levels td { overflow-wrap:anywhere }
.levels tbody th { font-weight:500 }
.levels thead th:first-child { width:27% }
.levels thead th:last-child { width:25% }
.levels .shown td,.levels .shown th { border-bottom:0; padding-bottom:0 }
.said td { color:var(--soft); font-size:.85rem; padding-top:.1rem }
.bar { display:flex; align-items:center; gap:.4rem; height:1.05rem; font-size:.82rem }
.bar i { display:block; height:.62rem; min-width:1px; border-radius:1px }
.bar em,.moved em { font-style:normal; font-variant-numeric:tabular-nums; white-space:nowrap }
.customers i { background:var(--customers) }
.others i { background:var(--others) }
.withheld { color:var(--soft) }
.moved { display:flex; align-items:center; gap:.4rem; font-size:.82rem; height:1.05rem }
.moves { position:relative; flex:1; height:.9rem; background:linear-gradient(var(--soft),var(--soft)) center/1px 100% no-repeat }
.moves i { position:absolute; top:.14rem; height:.62rem; border-radius:1px }
.up i { left:50%; background:var(--customers) }
.down i { right:50%; background:var(--rule) }
.moved em { width:2.6rem; text-align:right }
@media (min-width:80rem) { .broad { --room:min(100vw - 4rem,86rem); width:var(--room); margin-left:calc((100% - var(--room)) / 2) } }
@media (max-width:40rem) {
  body { padding:0 .9rem 3rem; font-size:15px }
  h1 { font-size:1.4rem }
  nav ol { flex-wrap:nowrap; overflow-x:auto; scrollbar-width:none }
  th,td { padding-right:.7rem }
  .tiles { grid-template-columns:1fr 1fr }
  .tile { padding:.5rem .7rem }
  .tile b { font-size:1.4rem }
  .finder .order { display:inline }
  .many thead { display:none }
  .many tr { display:block; padding:.45rem 0; border-bottom:1px solid var(--line) }
  .many td { display:grid; grid-template-columns:8.5rem 1fr; gap:.5rem; padding:.08rem 0; border:0; text-align:left; white-space:normal }
  .many td::before { content:attr(data-head); color:var(--soft) }
  .many .sentence { min-width:0 }
  .wide { font-size:.9rem }
  .many td:first-child { font-weight:600; grid-template-columns:1fr }
  .many td:first-child::before { content:none }
}
@media print {
  body { max-width:none; padding:0; font-size:10pt }
  nav,.tools,.finder,.more { display:none }
  h2 { break-after:avoid; margin-top:1.4rem }
  h3,p { break-after:auto }
  figure,.tile,.verdict,tr { break-inside:avoid }
  .gallery { grid-template-columns:1fr 1fr; gap:1.2rem }
  .tiles { grid-template-columns:1fr 1fr 1fr }
  .scrolls { overflow:visible }
  .broad { width:auto; margin-left:0 }
  .wide { font-size:7pt }
  .wide th,.wide td { padding-right:.5rem }
  .searched .sentence { min-width:0 }
  .searched .word { white-space:normal }
  details:not(.factor) { display:none }
  .lead,.verdict p { font-size:1.05em }
  .tile { padding:.3rem .7rem }
  .tile b { font-size:1.4em }
  th,td { padding-top:.2rem; padding-bottom:.2rem }
  .bar i,.moves,.moves i { print-color-adjust:exact; -webkit-print-color-adjust:exact }
  a { color:inherit }
}
@page { margin:15mm 13mm }
"""

STYLE = (
    f":root {{ {LIGHT} }}\n"
    f"@media (prefers-color-scheme:dark) {{ :root:not([data-theme]) {{ {DARK} }} }}\n"
    f":root[data-theme=dark] {{ {DARK} }}\n"
    f"@media print {{ :root,:root:not([data-theme]),:root[data-theme=dark] {{ {LIGHT} }} }}\n"
    f"{FRAME}{BODY}"
)
