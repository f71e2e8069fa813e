/*
 * Three plots in one image. Coordinates are whole numbers; nothing is scripted,
 * and every plot says in words what it shows.
 */
#include "report/label.h"
#include "report/table.h"
#include <inttypes.h>
#include <stdio.h>

enum { WIDTH = 360, HEIGHT = 300, LEFT = 46, BOTTOM = 250, TOP = 40, SPAN = 290 };

struct plot {
	struct inq_sink *out;
	unsigned x; /* of its left edge */
};

static void begin(const struct plot *p, const char *title, const char *across, const char *up)
{
	inq_putf(p->out,
	        "<g transform=\"translate(%u 0)\"><title>%s</title>"
	        "<text x=\"%d\" y=\"24\" class=\"h\">%s</text>"
	        "<path class=\"a\" d=\"M%d %dV%dH%d\"/>"
	        "<text x=\"%d\" y=\"%d\">%s</text><text transform=\"translate(12 %d) "
	        "rotate(-90)\">%s</text>\n",
	        p->x, title, LEFT, title, LEFT, TOP, BOTTOM, LEFT + SPAN, LEFT, BOTTOM + 34, across, BOTTOM,
	        up);
}

static void end(const struct plot *p)
{
	inq_put(p->out, "</g>\n");
}

static int up(uint64_t part, uint64_t whole)
{
	return BOTTOM - (whole ? (int)((uint64_t)(BOTTOM - TOP) * part / whole) : 0);
}

static void ticks(const struct plot *p)
{
	for (int i = 0; i <= 4; i++)
		inq_putf(p->out, "<text x=\"%d\" y=\"%d\" class=\"t\">%d %%</text>\n", LEFT - 4,
		        up((uint64_t)i, 4) + 4, i * 25);
}

/* Of the trials in each bin of ratios the share that was right, against what the ratio claims. */
static void reliability(const struct plot *p, const struct inq_measure *m)
{
	begin(p, "Reliability", "log10 LR that was claimed, -2 to +2", "share of trials that were right");
	ticks(p);
	inq_put(p->out, "<path class=\"c\" d=\"");
	for (int i = 0; i < INQ_MEASURE_BINS; i++) {
		/* With as many right as wrong trials, LR / (1 + LR) are right; thousandths at the bins' middles. */
		static const uint16_t claimed[INQ_MEASURE_BINS] = { 13, 23, 40, 70, 118, 192, 296, 429, 571,
			704, 808, 882, 930, 960, 977, 987 };

		inq_putf(p->out, "%s%d %d", i ? "L" : "M", LEFT + SPAN * (2 * i + 1) / (2 * INQ_MEASURE_BINS),
		        up(claimed[i], 1000));
	}
	inq_put(p->out, "\"/>\n");
	for (int i = 0; i < INQ_MEASURE_BINS; i++) {
		const struct inq_measure_bin *b = &m->bins[i];
		/* As if there were as many right as wrong trials. */
		uint64_t right = (uint64_t)b->right * m->wrong, wrong = (uint64_t)b->wrong * m->right;

		if (!b->right && !b->wrong)
			continue;
		inq_putf(p->out,
		        "<circle cx=\"%d\" cy=\"%d\" r=\"4\"><title>%" PRIu32 " right, %" PRIu32 " wrong"
		        "</title></circle>\n",
		        LEFT + SPAN * (2 * i + 1) / (2 * INQ_MEASURE_BINS), up(right, right + wrong),
		        b->right, b->wrong);
	}
	end(p);
}

/* Concluding on more and more: how many of the known are named rightly, how many of the absent at all. */
static void abstention(const struct plot *p, const struct inq_measure *m)
{
	begin(p, "Abstention", "share of known programs on which it concludes, 0 to 100 %",
	        "of these right (line), of absent named (dashes)");
	ticks(p);
	for (int which = 0; which < 2; which++) {
		bool any = false;

		inq_putf(p->out, "<path class=\"%s\" d=\"", which ? "w" : "r");
		for (uint32_t i = 0; i < m->point_count; i++) {
			const struct inq_measure_point *q = &m->points[i];

			if (!which && !q->known)
				continue;
			inq_putf(p->out, "%s%d %d", any ? "L" : "M",
			        LEFT + (m->right ? (int)((uint64_t)SPAN * q->known / m->right) : 0),
			        which ? up(q->unknown, m->wrong) : up(q->known_right, q->known));
			any = true;
		}
		inq_put(p->out, any ? "\"/>\n" : "M0 0\"/>\n");
	}
	end(p);
}

enum { SCORE_BINS = 29, SCORE_BIN = 128 };

/* How the scores of right and of wrong families lie. */
static void scores(const struct plot *p, const struct inq_report_calibration *r, const struct inq_measure *m)
{
	uint32_t right[SCORE_BINS] = { 0 }, wrong[SCORE_BINS] = { 0 };

	for (uint32_t i = 0; i < r->calibration->trial_count; i++) {
		const struct inq_trial *t = &r->calibration->trials[i];
		int32_t a = t->right / SCORE_BIN,
		        b = (t->absent > t->beaten ? t->absent : t->beaten) / SCORE_BIN;

		if (t->exhibits != m->exhibits)
			continue;
		right[a < SCORE_BINS ? a : SCORE_BINS - 1] += t->siblings != 0;
		wrong[b < SCORE_BINS ? b : SCORE_BINS - 1]++;
	}
	begin(p, "Scores", "doublings of what chance gives, by halves", "share of trials");
	ticks(p);
	for (int i = 0; i < SCORE_BINS; i++) {
		int x = LEFT + i * (SPAN / SCORE_BINS);

		if (right[i])
			inq_putf(p->out, "<rect class=\"r\" x=\"%d\" y=\"%d\" width=\"4\" height=\"%d\"/>\n",
			        x + 1, up(right[i], m->right), BOTTOM - up(right[i], m->right));
		if (wrong[i])
			inq_putf(p->out, "<rect class=\"w\" x=\"%d\" y=\"%d\" width=\"4\" height=\"%d\"/>\n",
			        x + 5, up(wrong[i], m->wrong), BOTTOM - up(wrong[i], m->wrong));
	}
	end(p);
}

void inq_report_calibration_svg(const struct inq_report_calibration *r, struct inq_sink *out)
{
	unsigned rows = 0;

	for (size_t i = 0; i < r->measure_count; i++)
		rows += r->measures[i].right && r->measures[i].wrong;
	inq_putf(out,
	        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">\n"
	        "<title>Error rates of a corpus</title>\n"
	        "<style>text{font:12px "
	        "sans-serif;fill:#222}.h{font-weight:bold}.t{text-anchor:end;font-size:10px}"
	        ".a{fill:none;stroke:#222}.c{fill:none;stroke:#999;stroke-dasharray:2 3}circle{fill:#0072b2}"
	        "path.r{fill:none;stroke:#0072b2;stroke-width:2}path.w{fill:none;stroke:#d55e00;"
	        "stroke-dasharray:5 3;stroke-width:2}rect.r{fill:#0072b2}rect.w{fill:#d55e00}"
	        "svg{background:#fff}</style>\n",
	        3 * WIDTH, (int)rows * HEIGHT + 10);
	rows = 0;
	for (size_t i = 0; i < r->measure_count; i++) {
		const struct inq_measure *m = &r->measures[i];

		if (!m->right || !m->wrong)
			continue;
		inq_putf(out,
		        "<g transform=\"translate(0 %d)\"><text x=\"%d\" y=\"10\">%" PRIu32
		        " at a time: %" PRIu32 " right, %" PRIu32 " wrong trials; Cllr %" PRIu32 ".%03" PRIu32
		        "; blue: right, orange: wrong</text>\n",
		        (int)rows++ * HEIGHT + 4, LEFT, m->exhibits, m->right, m->wrong, m->cllr / 1000,
		        m->cllr % 1000);
		reliability(&(struct plot){ out, 0 }, m);
		abstention(&(struct plot){ out, WIDTH }, m);
		scores(&(struct plot){ out, 2 * WIDTH }, r, m);
		inq_put(out, "</g>\n");
	}
	inq_put(out, "</svg>\n");
}
