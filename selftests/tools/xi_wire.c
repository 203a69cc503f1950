// SPDX-License-Identifier: Apache-2.0
/* xi-wire: the hostile and unreliable wire of the tests. README.md describes each sub-command. */
#include "wire.h"

#include <stdio.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
} commands[] = {
	{ "capture", cmd_capture, "frames of an interface into a pcap file" },
	{ "send", cmd_send, "a pcap file out of an interface, replayed or changed" },
	{ "gen-unknown", cmd_gen_unknown, "ESP, AH or ESP-in-UDP of unknown SPIs" },
	{ "shuffle", cmd_shuffle, "a pcap file with loss, duplicates, reordering" },
	{ "dump", cmd_dump, "one line per frame of a pcap file" },
	{ "udp-blast", cmd_udp_blast, "numbered datagrams, as fast as taken" },
	{ "udp-sink", cmd_udp_sink, "count and list numbered datagrams" },
};

static int help(FILE *to)
{
	fprintf(to, "usage: xi-wire COMMAND [options]\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(to, "  %-12s %s\n", commands[i].name, commands[i].what);
	return to == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return help(stderr);
	if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help"))
		return help(stdout);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (!strcmp(commands[i].name, argv[1]))
			return commands[i].run(argc - 1, argv + 1);
	usage("unknown command '%s'", argv[1]);
}
