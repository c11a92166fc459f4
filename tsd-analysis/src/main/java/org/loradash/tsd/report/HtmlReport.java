package org.loradash.tsd.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A self-contained page: a title, and sections of blocks. */
public final class HtmlReport {
    private static final String STYLE =
            """
            :root{color-scheme:light dark;--ink:#1c2330;--soft:#5b6575;--line:#dfe3ea;--page:#fff;--card:#f7f8fa;
            --c0:#2563eb;--c1:#d9480f;--c2:#2b8a3e;--c3:#9c36b5;--c4:#0b7285;--c5:#c2255c;--c6:#866100;--c7:#495057}
            @media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#9aa4b5;--line:#2c3442;--page:#12161d;
            --card:#1a202a;--c0:#74a7ff;--c1:#ff922b;--c2:#69db7c;--c3:#da77f2;--c4:#3bc9db;--c5:#faa2c1;--c6:#ffd43b;
            --c7:#adb5bd}}
            *{box-sizing:border-box}body{margin:0 auto;max-width:1160px;padding:16px;background:var(--page);
            color:var(--ink);font:15px/1.45 system-ui,sans-serif}h1{font-size:1.5em}h2{font-size:1.15em;margin-top:2em}
            h3{font-size:1em;overflow-wrap:anywhere}p{color:var(--soft)}
            .beside{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:14px;align-items:start}
            figure{margin:0 0 14px;padding:12px;background:var(--card);border:1px solid var(--line);border-radius:8px;
            min-width:0;max-width:600px}figcaption{font-weight:600;margin-bottom:6px}svg{display:block;width:100%;max-width:720px}
            svg text{fill:var(--soft);font-size:12px}@media(max-width:500px){svg text{font-size:14px}}.grid{stroke:var(--line)}.line{fill:none;stroke-width:1.6}
            .dots{stroke-width:3;stroke-linecap:round;fill:none}.legend span{display:inline-block;margin-right:14px;font-size:13px;
            color:var(--soft)}.legend i{display:inline-block;width:10px;height:10px;border-radius:5px;margin-right:5px}
            .scroll{overflow:auto;max-height:480px;border:1px solid var(--line);border-radius:8px;margin-bottom:14px}
            table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
            th,td{text-align:left;padding:5px 10px;border-bottom:1px solid var(--line);overflow-wrap:break-word;
            min-width:70px;vertical-align:top}.n{white-space:nowrap}thead th{position:sticky;top:0;background:var(--card)}
            select{font:inherit;max-width:100%;padding:4px;margin-bottom:6px}[hidden]{display:none}
            .tip{position:fixed;pointer-events:none;background:var(--ink);color:var(--page);padding:3px 8px;
            border-radius:5px;font-size:13px;z-index:1;max-width:90vw}.map{fill:var(--page);stroke:var(--line)}
            .pictures{display:flex;gap:10px;overflow:auto}.pictures img{max-width:256px}
            .beside .scroll{max-height:365px}rect{fill:var(--c0)}svg.square{max-width:440px}
            """;
    /** Choosers, and the values of the point nearest to the pointer or finger. */
    private static final String SCRIPT =
            """
            document.querySelectorAll('.chooser').forEach(c=>{const s=c.querySelector('select'),
            all=[...c.querySelectorAll(':scope>.choice')],show=()=>all.forEach((e,i)=>{e.hidden=i!==s.selectedIndex});
            s.addEventListener('change',show);show()});
            (()=>{const tip=document.createElement('div'),known=new WeakMap(),num=(e,a)=>+e.getAttribute(a);
            tip.className='tip';tip.hidden=true;document.body.append(tip);
            const take=e=>{const t=e.querySelector('title'),text=t.textContent;t.remove();return text};
            const find=svg=>{let p=known.get(svg);if(p)return p;p=[];
            svg.querySelectorAll('circle').forEach(e=>p.push([num(e,'cx'),num(e,'cy'),take(e)]));
            svg.querySelectorAll('rect').forEach(e=>p.push([num(e,'x')+num(e,'width')/2,num(e,'y')+num(e,'height')/2,take(e)]));
            svg.querySelectorAll('path[data-values]').forEach(e=>{const v=e.dataset.values.split(';');
            [...e.getAttribute('d').matchAll(/[ML]([-.0-9]+) ([-.0-9]+)/g)].forEach((m,i)=>
            p.push([+m[1],+m[2],e.dataset.name+': '+v[i]]))});known.set(svg,p);return p};
            const point=(svg,ev)=>{const r=svg.getBoundingClientRect(),k=svg.viewBox.baseVal.width/r.width,
            x=(ev.clientX-r.left)*k,y=(ev.clientY-r.top)*k;let best=null,near=24*24;
            find(svg).forEach(p=>{const d=(p[0]-x)**2+(p[1]-y)**2;if(d<=near){near=d;best=p}});
            tip.hidden=!best;if(!best)return;tip.textContent=best[2];
            tip.style.left=Math.max(4,Math.min(ev.clientX+12,innerWidth-tip.offsetWidth-4))+'px';
            tip.style.top=Math.max(4,ev.clientY-tip.offsetHeight-10)+'px'};
            document.querySelectorAll('svg').forEach(svg=>{for(const e of ['pointermove','pointerdown'])
            svg.addEventListener(e,ev=>point(svg,ev));svg.addEventListener('pointerleave',()=>{tip.hidden=true})})})();
            """;

    private record Section(String title, List<Block> blocks) {}

    private final String title;
    private final List<Section> sections = new ArrayList<>();

    /** An empty page of that title. */
    public HtmlReport(String title) {
        this.title = title;
    }

    /** Adds a section; returns this page. */
    public HtmlReport section(String sectionTitle, Block... blocks) {
        sections.add(new Section(sectionTitle, List.of(blocks)));
        return this;
    }

    /** The page as HTML. */
    public String render() {
        StringBuilder html = new StringBuilder(1 << 16);
        html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>")
                .append(Html.escaped(title))
                .append("</title><style>\n");
        html.append(STYLE);
        for (int colour = 0; colour < 8; colour++) {
            html.append(".c%1$d{stroke:var(--c%1$d);--c:var(--c%1$d)}".formatted(colour));
        }
        html.append("circle{fill:var(--c)}i{background:var(--c)}</style></head><body>\n<h1>")
                .append(Html.escaped(title))
                .append("</h1>\n");
        for (Section section : sections) {
            html.append("<section><h2>").append(Html.escaped(section.title)).append("</h2>\n");
            section.blocks.forEach(block -> block.appendTo(html));
            html.append("</section>\n");
        }
        return html.append("<script>\n")
                .append(SCRIPT)
                .append("</script></body></html>\n")
                .toString();
    }

    /**
     * Writes the page as UTF-8; the stream stays open.
     *
     * @throws IOException where the stream fails
     */
    public void write(OutputStream out) throws IOException {
        out.write(render().getBytes(StandardCharsets.UTF_8));
    }
}
