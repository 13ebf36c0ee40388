import Annotations
import Evaluation
import Files
import Foundation
import Toolkit

/// The page of a report: HTML with its style, its script and its data in one file.
struct ReportPage {
    private let report: Report

    init(_ report: Report) { self.report = report }

    /// The page as UTF-8.
    var html: Data {
        var page = ByteText()
        page.append(
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
            script-src 'unsafe-inline'; img-src data:">
            <title>\(escaped(report.title))</title>
            <style>
            \(PageParts.style)
            </style>
            </head>
            <body>
            <a class="skip" href="#videos">Skip to the videos</a>
            <header><h1>\(escaped(report.title))</h1><button id="theme" type="button">Dark</button></header>
            <main>

            """)
        page.append(summary)
        page.append(chartSections)
        page.append(videoSection)
        page.append("</main>\n<script type=\"application/json\" id=\"data\">")
        page.append(TimelineData(report).text().bytes)
        page.append("</script>\n<script>\n\(PageParts.script)\n</script>\n</body>\n</html>\n")
        return Data(page.bytes)
    }

    private func escaped(_ text: String) -> String { SVGDrawing.escaped(text) }

    private func percent(_ value: Double) -> String { String(format: "%.1f %%", 100 * value) }

    // MARK: - What this is, and the number

    private var summary: String {
        var text = "<section id=\"summary\" aria-labelledby=\"summary-title\"><h2 id=\"summary-title\">Summary</h2>\n"
        for notice in report.notices { text += "<p class=\"notice\">\(escaped("\(notice)"))</p>\n" }
        let judged = report.runs.filter { $0.result != nil }
        if !judged.isEmpty {
            text += "<div class=\"numbers\">"
            for (index, run) in judged.enumerated() {
                guard let result = run.result else { continue }
                let interval = result.intervals.map {
                    "<small>95 % interval \(percent($0.averageMAP.lower)) to \(percent($0.averageMAP.upper))</small>"
                }
                let key = judged.count > 1 ? "<i class=\"key k\(index % SVGDrawing.seriesColours.count)\"></i>" : ""
                text += "<div class=\"number\"><b>\(percent(result.averageMAP))</b><span>average mAP</span>"
                text += "<span>\(key)\(escaped(run.name))</span>\(interval ?? "")</div>"
            }
            text += "</div>\n"
        }
        text += "<dl>"
        for (name, value) in facts { text += "<dt>\(escaped(name))</dt><dd>\(escaped(value))</dd>" }
        text += "</dl>\n"
        if !judged.isEmpty { text += resultTable(judged) }
        return text + "</section>\n"
    }

    private var facts: [(String, String)] {
        var facts: [(String, String)] = []
        if let result = report.runs.compactMap(\.result).first {
            let protocolSettings = result.evaluationProtocol
            let counts = result.counts
            facts += [
                (
                    "Protocol",
                    protocolSettings.name + (protocolSettings.about.isEmpty ? "" : ": \(protocolSettings.about)")
                ),
                ("Subset", protocolSettings.subset.isEmpty ? "all videos" : protocolSettings.subset),
                ("Rule", protocolSettings.ruleDescription),
                (
                    "Ground truth",
                    "\(counts.groundTruthSegments) segments of \(counts.classes) classes in \(counts.groundTruthVideos) videos"
                ),
            ]
        }
        for run in report.runs {
            var text = "\(run.detections.count) predictions in \(run.detections.videos.count) videos"
            if let counts = run.result?.counts {
                text += "; \(counts.predictionsEvaluated) take part"
                for item in counts.findings where item.finding.count > 0 {
                    text += "; \(item.finding.count) \(item.sentence)"
                }
            }
            facts.append((run.name, text))
        }
        facts += report.sources.map { ($0.name, $0.path) }
        facts.append(("Made", "\(report.date) by tal \(ToolkitVersion.current)"))
        return facts
    }

    private func resultTable(_ runs: [Report.Run]) -> String {
        guard let first = runs[0].result else { return "" }
        var text =
            "<div class=\"scroll\"><table><caption>Mean average precision at each tIoU threshold</caption><tr><th scope=\"col\">Run</th>"
        for name in EvaluationResult.thresholdNames(first.thresholds) { text += "<th scope=\"col\">\(name)</th>" }
        text += "<th scope=\"col\">Average</th></tr>"
        for run in runs {
            guard let result = run.result else { continue }
            text += "<tr><th scope=\"row\">\(escaped(run.name))</th>"
            for value in result.meanAveragePrecision { text += "<td>\(percent(value))</td>" }
            text += "<td><b>\(percent(result.averageMAP))</b></td></tr>"
        }
        return text + "</table></div>\n"
    }

    // MARK: - Charts and videos

    private var chartSections: String {
        let charts = report.charts
        guard !charts.isEmpty else { return "" }
        var text =
            "<section aria-labelledby=\"charts-title\"><h2 id=\"charts-title\">Charts</h2><div class=\"charts\">\n"
        for chart in charts {
            text += "<figure id=\"\(escaped(chart.name))\"><h3>\(escaped(chart.question))</h3>"
            text += "<figcaption>\(escaped(chart.explanation))</figcaption>"
            text +=
                "<div class=\"chart\(chart.isLong ? " long\" tabindex=\"0" : "")\">\(chart.drawing.element)</div></figure>\n"
        }
        return text + "</div></section>\n"
    }

    private var videoSection: String {
        let errors = TimelineData.verdictNames.dropFirst().prefix(ErrorKind.allCases.count)
            .map { "<option>\(escaped($0))</option>" }.joined()
        let judgedControls =
            report.isJudged
            ? "<label>Errors <select id=\"error\"><option value=\"\">all</option>\(errors)"
                + "<option value=\"missed\">missed segments</option></select></label>" : ""
        let orders =
            report.isJudged
            ? "<option value=\"worst\">worst first</option><option value=\"best\">best first</option>"
                + "<option value=\"missed\">most missed first</option>" : ""
        let limit = report.drawnLimit
        return """
            <section id="videos" aria-labelledby="videos-title"><h2 id="videos-title">Videos</h2>
            <p class="hint">Ground truth stands on top, detections below it. A bar's colour is its class, its opacity the \
            score\(report.isJudged
            ? ", its outline the verdict: none is correct, dashed a localization error, dotted a wrong label, a cross background or a double. A red bracket marks a missed segment." : ".") \
            At most \(limit) detections of a video and run are in this page. Press <kbd>?</kbd> for the keys.</p>
            <div class="controls" role="group" aria-label="Filters of the list">
            <label>Search <input id="search" type="search" placeholder="video id"></label>
            <label>Class <select id="class"><option value="">all</option></select></label>
            \(judgedControls)
            <label>Order <select id="order">\(orders)<option value="name">by name</option>\
            <option value="random">random</option><option value="longest">longest first</option></select></label>
            <label>Score at least <input id="score" type="range" min="0" max="1000" value="0"> \
            <output id="score-text" for="score">0</output></label>
            <label>Best of a video <select id="top"><option>5</option><option selected>10</option><option>20</option>\
            <option>50</option><option value="\(limit)">all</option></select></label>
            <button id="reset" type="button">Reset</button>
            </div>
            <p id="count" role="status"></p>
            <div id="list" role="list" aria-label="Videos"></div>
            <dialog id="help" aria-labelledby="help-title"><h2 id="help-title">Keys</h2><dl>
            <dt><kbd>/</kbd></dt><dd>search</dd><dt><kbd>J</kbd> <kbd>K</kbd></dt><dd>next and previous video</dd>
            <dt><kbd>Enter</kbd></dt><dd>table of the video</dd><dt><kbd>T</kbd></dt><dd>light or dark</dd>
            <dt><kbd>R</kbd></dt><dd>reset the filters</dd><dt><kbd>?</kbd></dt><dd>this help</dd></dl>
            <form method="dialog"><button>Close</button></form></dialog>
            </section>

            """
    }
}
