#include "fingerprint/private.h"

/*
 * Chosen on half of the projects of the labelled programs and measured on the
 * others (bench/matching.md): what compilers keep (constants, strings, imports)
 * counts for more than what they rearrange.
 */
const uint8_t inq_channel_weight[INQ_CHANNEL_COUNT] = {
	[CHANNEL_OPERATION] = 8,
	[CHANNEL_OPERATION_PAIR] = 4,
	[CHANNEL_OPERATION_TRIPLE] = 4,
	[CHANNEL_CONSTANT] = 32,
	[CHANNEL_OFFSET] = 14,
	[CHANNEL_BRANCH] = 36,
	[CHANNEL_STRING] = 96,
	[CHANNEL_DATA] = 24,
	[CHANNEL_IMPORT] = 60,
	[CHANNEL_SHAPE] = 4,
	[CHANNEL_NEAR] = 24,
	[CHANNEL_FLOW] = 8,
	[CHANNEL_EXPRESSION] = 24,
	[CHANNEL_GRAPH] = 4,
};

bool inq_channel_is_context(unsigned channel)
{
	return channel == CHANNEL_STRING || channel == CHANNEL_DATA || channel == CHANNEL_IMPORT ||
	       channel == CHANNEL_NEAR;
}

const char *inq_channel_name(unsigned channel)
{
	static const char *const name[INQ_CHANNEL_COUNT] = {
		[CHANNEL_OPERATION] = "operation",
		[CHANNEL_OPERATION_PAIR] = "operation pair",
		[CHANNEL_OPERATION_TRIPLE] = "operation triple",
		[CHANNEL_CONSTANT] = "constant",
		[CHANNEL_OFFSET] = "offset",
		[CHANNEL_BRANCH] = "branch",
		[CHANNEL_STRING] = "string",
		[CHANNEL_DATA] = "data",
		[CHANNEL_IMPORT] = "import",
		[CHANNEL_SHAPE] = "shape",
		[CHANNEL_NEAR] = "near",
		[CHANNEL_FLOW] = "flow",
		[CHANNEL_EXPRESSION] = "expression",
		[CHANNEL_MNEMONIC] = "mnemonic",
		[CHANNEL_GRAPH] = "graph",
	};

	return channel < INQ_CHANNEL_COUNT && name[channel] ? name[channel] : "";
}
