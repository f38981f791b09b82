package org.sallyport.webui.internal.ui;

/** Templates of grid cells (Lit): the browser draws them, the server sends what they show. */
final class Cells {
    static final String TWO_LINES =
            "<div class=\"cell\"><span>${item.first}</span><span class=\"sub\">${item.second}</span></div>";

    static final String LABELLED = """
            <div class="cell mono"><span><i>${item.firstLabel}</i> ${item.first}</span>\
            <span><i>${item.secondLabel}</i> ${item.second}</span></div>""";

    static final String MONO = "<span class=\"mono\">${item.text}</span>";

    static final String BARS = """
            <div class="cell">${item.texts.map((text, i) => html`<div class="bar ${item.levels[i]}">\
            <i style="width: ${item.percents[i]}%"></i></div><span class="sub">${text}</span>`)}</div>""";

    static final String WINDOW = """
            <div class="cell"><svg class="window" viewBox="0 0 64 12" preserveAspectRatio="none" role="img"\
             aria-label="packets received, newest on the right"><path d="${item.path}"></path></svg>\
            <span class="sub">${item.text}</span></div>""";

    static final String STATE = "<span class=\"state ${item.state}\">${item.state}</span>";

    static final String ACTIONS = """
            <div class="actions"><button class="action" @click="${rekey}">Rekey</button>\
            <button class="action danger" @click="${remove}">Delete</button></div>""";

    static final String UP_AND_DOWN = """
            <div class="actions"><button class="action" @click="${up}">Bring up</button>\
            <button class="action danger" @click="${down}">Down</button></div>""";

    private Cells() {}
}
