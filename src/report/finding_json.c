#include "report/label.h"
#include <inquiry/report.h>
#include <stdio.h>

static void ratio_json(struct inq_json *j, const char *key, const struct inq_ratio *r)
{
	inq_json_object(j, key);
	inq_json_milli(j, "log10", r->log10);
	inq_json_milli(j, "least", r->least);
	inq_json_milli(j, "most", r->most);
	inq_json_u64(j, "trials_right", r->right);
	inq_json_u64(j, "trials_wrong", r->wrong);
	inq_json_text(j, "support", inq_support_name(inq_ratio_support(r)));
	inq_json_end_object(j);
}

static void exhibit_json(
        const struct inq_report_finding *r, const struct inq_finding_exhibit *x, struct inq_json *j)
{
	const struct inq_evidence *e = x->evidence;

	inq_json_object(j, NULL);
	inq_json_text(j, "file", e->label);
	sha256_json(j, "sha256", &e->sha256);
	inq_json_bool(j, "packed", e->flags & INQ_PROGRAM_PACKED);
	inq_json_bool(j, "no_decoder", e->flags & INQ_PROGRAM_NO_DECODER);
	inq_json_bool(j, "cut", e->flags & INQ_PROGRAM_CUT);
	inq_json_u64(j, "searched_to_a_limit", e->candidates_cut);
	if (x->known_label != INQ_NO_LABEL)
		inq_json_text(j, "known_as", label_name(r->corpus, x->known_label));
	inq_json_u64(j, "functions", e->function_count);
	inq_json_u64(j, "small", e->standing[INQ_STANDING_SMALL]);
	inq_json_u64(j, "unmatched", x->what[0]);
	inq_json_u64(j, "library", x->what[1]);
	inq_json_u64(j, "published", x->what[2]);
	inq_json_u64(j, "widespread", x->what[3]);
	inq_json_u64(j, "distinctive", x->what[4]);
	inq_json_u64(j, "code", e->coverage.code);
	inq_json_u64(j, "code_in_no_function", e->coverage.unreadable);
	if (x->alone_label != INQ_NO_LABEL) {
		inq_json_object(j, "alone");
		inq_json_text(j, "label", label_name(r->corpus, x->alone_label));
		inq_json_bool(j, "named", x->alone_named);
		ratio_json(j, "ratio", &x->alone);
		inq_json_end_object(j);
	}
	if (x->weighed)
		ratio_json(j, "without", &x->without);
	inq_json_end_object(j);
}

static void piece_json(
        const struct inq_report_finding *r, const struct inq_finding_piece *p, struct inq_json *j)
{
	inq_json_object(j, NULL);
	sha256_json(j, "exhibit", &r->finding->exhibits[p->exhibit].evidence->sha256);
	inq_json_va(j, "va", p->va);
	inq_json_va(j, "end_va", p->end_va);
	inq_json_u64(j, "functions", p->functions);
	inq_json_u64(j, "bytes", p->bytes);
	inq_json_u64(j, "bits", p->bits);
	if (p->sample != INQ_NO_SAMPLE)
		inq_json_text(j, "sample", sample_name(r->corpus, p->sample));
	if (p->weighed)
		ratio_json(j, "without", &p->without);
	inq_json_end_object(j);
}

static void family_json(
        const struct inq_report_finding *r, const struct inq_finding_family *y, struct inq_json *j)
{
	inq_json_object(j, NULL);
	inq_json_text(j, "label", label_name(r->corpus, y->label));
	inq_json_bool(j, "named", y->named);
	inq_json_i64(j, "score", y->score);
	if (r->finding->calibrated)
		ratio_json(j, "ratio", &y->ratio);
	if (y->posterior != UINT32_MAX) {
		inq_json_u64(j, "posterior_per_10000", y->posterior);
		inq_json_text(j, "posterior_words", inq_likelihood_name(y->posterior));
	}
	inq_json_u64(j, "functions", y->functions);
	inq_json_u64(j, "bytes", y->bytes);
	inq_json_u64(j, "published_functions", y->published);
	inq_json_milli(j, "largest_piece", y->largest);
	inq_json_bool(j, "one_piece", y->one_piece);
	inq_json_bool(j, "one_program", y->one_program);
	if (y->planted_weighed)
		ratio_json(j, "planted", &y->planted);
	inq_json_array(j, "pieces");
	for (uint32_t i = 0; i < y->piece_count; i++)
		piece_json(r, &y->pieces[i], j);
	inq_json_end_array(j);
	inq_json_end_object(j);
}

void inq_report_finding_json(const struct inq_report_finding *r, struct inq_json *j)
{
	const struct inq_finding *f = r->finding;
	char day[16];

	inq_json_text(j, "conclusion", inq_conclusion_name(f->conclusion));
	inq_json_object(j, "propositions");
	inq_json_text(j, "family",
	        "these programs contain code that is not generally available and that family F's makers had");
	inq_json_text(j, "none", "their code comes from none of the families in this corpus");
	inq_json_text(j, "planted", "the likeness to F was put there to be found");
	inq_json_end_object(j);
	inq_json_object(j, "corpus");
	inq_json_text(j, "file", r->corpus_name);
	sha256_json(j, "digest", &f->corpus);
	inq_json_u64(j, "families", f->families_of_corpus);
	inq_json_end_object(j);
	sha256_json(j, "model", &f->model);
	inq_json_u64(j, "method", INQ_FINDING_METHOD);
	if (f->day)
		inq_json_text(j, "date", day_text(f->day, day));
	inq_json_u64(j, "published_families", f->published_families);
	inq_json_object(j, "calibration");
	inq_json_bool(j, "applies", f->calibrated);
	if (f->calibrated) {
		sha256_json(j, "digest", &f->calibration);
		inq_json_u64(j, "exhibits", f->trial_exhibits);
		inq_json_u64(j, "families", f->trial_families);
		inq_json_u64(j, "trials_right", f->trials_right);
		inq_json_u64(j, "trials_wrong", f->trials_wrong);
		inq_json_u64(j, "trials_genuine", f->genuine_trials);
		inq_json_u64(j, "trials_planted", f->planted_trials);
		inq_json_milli(j, "bound", f->bound.most);
		inq_json_array(j, "languages");
		for (unsigned i = 0; i < 3; i++) {
			const char *name = inq_language_name(f->languages & (uint32_t)INQ_PROGRAM_CXX << i);

			if (name)
				inq_json_text(j, NULL, name);
		}
		inq_json_end_array(j);
		if (r->measure) {
			inq_json_object(j, "measure");
			rates_json(r->measure, j);
			inq_json_end_object(j);
		}
	}
	inq_json_end_object(j);
	inq_json_array(j, "lacks");
	for (unsigned i = 0; i < INQ_LACK_COUNT; i++)
		if (f->lacks[i])
			inq_json_text(j, NULL, inq_lack_name((enum inq_lack)i));
	inq_json_end_array(j);
	inq_json_array(j, "exhibits");
	for (uint32_t i = 0; i < f->exhibit_count; i++)
		exhibit_json(r, &f->exhibits[i], j);
	inq_json_end_array(j);
	inq_json_array(j, "families");
	for (uint32_t i = 0; i < f->family_count; i++)
		family_json(r, &f->families[i], j);
	inq_json_end_array(j);
	if (f->calibrated) {
		ratio_json(j, "none", &f->none);
		ratio_json(j, "silent", &f->silent);
	}
	if (f->prior) {
		inq_json_u64(j, "prior_per_10000", f->prior);
		inq_json_u64(j, "posterior_none_per_10000", f->posterior_none);
		inq_json_text(j, "posterior_none_words", inq_likelihood_name(f->posterior_none));
	}
	inq_json_array(j, "planted");
	for (uint32_t i = 0; i < f->sign_count; i++) {
		const struct inq_finding_sign *s = &f->signs[i];

		inq_json_object(j, NULL);
		inq_json_text(j, "sign", inq_sign_name(s->sign));
		if (s->sign != INQ_SIGN_SEVERAL)
			sha256_json(j, "exhibit", &f->exhibits[s->exhibit].evidence->sha256);
		if (s->label != INQ_NO_LABEL)
			inq_json_text(j, "label", label_name(r->corpus, s->label));
		inq_json_text(j, "text", s->text);
		inq_json_end_object(j);
	}
	inq_json_end_array(j);
	inq_json_u64(j, "functions", f->functions);
	inq_json_u64(j, "searchable", f->searchable);
	inq_json_u64(j, "distinctive", f->distinctive);
	inq_json_u64(j, "repeated", f->repeated);
	inq_json_u64(j, "left_out", f->left_out);
}
