#include "report/label.h"
#include "report/table.h"

static void candidate_json(
        const struct inq_report_search *r, const struct inq_candidate *k, struct inq_json *j)
{
	struct inq_occurrence o;
	struct inq_sample s;

	inq_json_object(j, NULL);
	inq_json_text(j, "label", label_name(r->corpus, k->label));
	if (inq_corpus_sample(r->corpus, k->sample, &s)) {
		inq_json_text(j, "sample", s.name);
		sha256_json(j, "sample_sha256", &s.sha256);
	}
	if (inq_corpus_occurrence(r->corpus, k->occurrence, &o)) {
		inq_json_va(j, "va", o.va);
		inq_json_u64(j, "size", o.size);
		if (o.name)
			inq_json_text(j, "name", o.name);
	}
	inq_json_milli(j, "similarity", k->similarity);
	inq_json_milli(j, "probability", k->probability);
	inq_json_milli(j, "support", k->support);
	inq_json_text(j, "how", how_name(k->how));
	inq_json_end_object(j);
}

static void function_json(const struct inq_report_search *r, uint32_t number, struct inq_json *j)
{
	const struct inq_search_function *f = &r->search->functions[number];
	const struct inq_fingerprint *p = &r->program->functions[number];

	inq_json_row(j);
	inq_json_va(j, "va", p->va);
	inq_json_u64(j, "size", p->size);
	inq_json_u64(j, "blocks", p->block_count);
	inq_json_u64(j, "instructions", p->insn_count);
	if (p->name)
		inq_json_text(j, "name", p->name);
	inq_json_text(j, "standing", inq_standing_name(f->standing));
	if (f->standing > INQ_STANDING_UNMATCHED)
		inq_json_text(j, "label", label_name(r->corpus, f->label));
	inq_json_u64(j, "families", f->family_count);
	inq_json_u64(j, "information", f->information);
	inq_json_bool(j, "candidates_cut", f->candidates_cut);
	inq_json_array(j, "candidates");
	for (uint32_t i = 0; i < f->candidate_count; i++)
		candidate_json(r, &r->search->candidates[f->candidate_first + i], j);
	inq_json_end_array(j);
	inq_json_end_object(j);
}

static void family_json(
        const struct inq_report_search *r, const struct inq_search_family *f, struct inq_json *j)
{
	struct inq_label l;
	char day[16];

	inq_json_row(j);
	inq_json_text(j, "label", label_name(r->corpus, f->label));
	if (inq_corpus_label(r->corpus, f->label, &l)) {
		if (l.published)
			inq_json_text(j, "published", day_text(l.published, day));
		inq_json_u64(j, "samples", l.sample_count);
		if (l.kind == INQ_LABEL_FAMILY) {
			inq_json_text(j, "sharing", inq_sharing_name(f->sharing));
			inq_json_u64(j, "distinctive", f->distinctive);
			inq_json_u64(j, "distinctive_bytes", f->distinctive_bytes);
			inq_json_u64(j, "identical", f->identical);
			inq_json_u64(j, "widespread", f->widespread);
			inq_json_u64(j, "widespread_bytes", f->widespread_bytes);
			inq_json_u64(j, "information", f->information);
		}
	}
	inq_json_u64(j, "functions", f->functions);
	inq_json_u64(j, "bytes", f->bytes);
	inq_json_u64(j, "library", f->library);
	inq_json_u64(j, "library_bytes", f->library_bytes);
	if (f->sample < r->corpus->sample_count) {
		inq_json_text(j, "nearest_sample", sample_name(r->corpus, f->sample));
		inq_json_u64(j, "nearest_sample_functions", f->sample_functions);
	}
	inq_json_end_object(j);
}

static void coverage_json(const struct inq_coverage *c, struct inq_json *j)
{
	inq_json_object(j, "coverage");
	inq_json_u64(j, "code", c->code);
	inq_json_u64(j, "library", c->library);
	inq_json_u64(j, "distinctive", c->distinctive);
	inq_json_u64(j, "widespread", c->widespread);
	inq_json_u64(j, "unmatched", c->unmatched);
	inq_json_u64(j, "small", c->small);
	inq_json_u64(j, "padding", c->padding);
	inq_json_u64(j, "unreadable", c->unreadable);
	inq_json_end_object(j);
}

void inq_report_search_json(
        const struct inq_report_search *r, const struct inq_report_search_view *view, struct inq_json *j)
{
	const struct inq_program *p = r->program;
	const struct inq_search *s = r->search;
	enum inq_sharing best = INQ_SHARING_NOTHING;

	sha256_json(j, "sha256", &p->sha256);
	inq_json_text(j, "format", inq_format_name((enum inq_format)p->format));
	inq_json_text(j, "arch", inq_arch_name((enum inq_arch)p->arch));
	inq_json_text(j, "kind", inq_kind_name((enum inq_kind)p->kind));
	inq_json_va(j, "base", r->base_va);
	inq_json_bool(j, "packed", p->flags & INQ_PROGRAM_PACKED);
	inq_json_bool(j, "no_decoder", p->flags & INQ_PROGRAM_NO_DECODER);
	inq_json_bool(j, "cut", p->flags & INQ_PROGRAM_CUT);
	inq_json_object(j, "corpus");
	inq_json_text(j, "file", r->corpus_name);
	sha256_json(j, "digest", &r->corpus->digest);
	inq_json_u64(j, "families", r->corpus->family_count);
	inq_json_u64(j, "libraries", r->corpus->label_count - r->corpus->family_count);
	inq_json_u64(j, "samples", r->corpus->sample_count);
	inq_json_u64(j, "functions", r->corpus->function_count);
	inq_json_end_object(j);
	for (uint32_t i = 0; i < s->family_count; i++)
		if (s->families[i].sharing > best)
			best = s->families[i].sharing;
	inq_json_text(j, "sharing", inq_sharing_name(best));
	coverage_json(&s->coverage, j);
	inq_json_array(j, "families");
	for (uint32_t i = 0; i < s->family_count; i++)
		family_json(r, &s->families[i], j);
	inq_json_end_array(j);
	inq_json_array(j, "libraries");
	for (uint32_t i = 0; i < s->common_count; i++)
		family_json(r, &s->families[s->family_count + i], j);
	inq_json_end_array(j);
	inq_json_array(j, "functions");
	for (uint32_t i = 0; i < s->function_count; i++)
		if (view->function == INQ_NO_FUNCTION || view->function == i)
			function_json(r, i, j);
	inq_json_end_array(j);
}
