/* What pages look like and do, as files of web/ that are part of the program. */
#include "serve/private.h"
#include <inquiry/hash.h>
#include <inquiry/page.h>
#include <stdio.h>
#include <string.h>

/* From asset_data.c.in. */
extern const uint8_t asset_css[], asset_css_end[], asset_js[], asset_js_end[], asset_icon[], asset_icon_end[];

struct asset assets[] = {
	{ .name = "style.css", .type = "text/css; charset=utf-8" },
	{ .name = "serve.css", .type = "text/css; charset=utf-8" },
	{ .name = "serve.js", .type = "text/javascript; charset=utf-8" },
	{ .name = "icon.svg", .type = "image/svg+xml" },
};
const unsigned asset_count = sizeof assets / sizeof *assets;

bool assets_init(void)
{
	assets[0].bytes = inq_page_style();
	assets[1].bytes = (struct inq_bytes){ asset_css, (size_t)(asset_css_end - asset_css) };
	assets[2].bytes = (struct inq_bytes){ asset_js, (size_t)(asset_js_end - asset_js) };
	assets[3].bytes = (struct inq_bytes){ asset_icon, (size_t)(asset_icon_end - asset_icon) };
	for (unsigned i = 0; i < asset_count; i++) {
		struct inq_sha256 digest;
		char hex[13];

		if (inq_sha256(assets[i].bytes, &digest) != INQ_OK)
			return false;
		inq_hex(digest.byte, 6, hex);
		snprintf(assets[i].path, sizeof assets[i].path, "/assets/%s/%s", hex, assets[i].name);
	}
	return true;
}

const char *asset_path(const char *name)
{
	for (unsigned i = 0; i < asset_count; i++)
		if (strcmp(assets[i].name, name) == 0)
			return assets[i].path;
	return "";
}
