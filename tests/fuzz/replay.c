/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* In place of libFuzzer, for any compiler: each file that the command line names, or each of a folder, is one
 * input, once. What begins with '-' is an option of libFuzzer and passed over. */

#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "fuzz.h"

static int n_inputs;

static bool run_file(const char *path)
{
	FILE *in = fopen(path, "re");
	struct stat about;
	uint8_t *data;
	size_t n;

	if (!in || fstat(fileno(in), &about) < 0)
		return false;
	data = malloc((size_t)about.st_size + 1);
	n = fread(data, 1, (size_t)about.st_size, in);
	fclose(in);
	fprintf(stderr, "%s\n", path);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
	n_inputs++;
	return true;
}

static bool run_folder(const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort);
	bool good = n > 2;

	for (int k = 0; k < n; k++) {
		char file[PATH_MAX];

		snprintf(file, sizeof(file), "%s/%s", path, names[k]->d_name);
		if (names[k]->d_name[0] != '.')
			good = run_file(file) && good;
		free(names[k]);
	}
	if (n >= 0)
		free(names);
	return good;
}

/* As libFuzzer: a plain failure, which a test can expect. */
static void end(int signal)
{
	(void)signal;
	_exit(EX_SOFTWARE);
}

int main(int argc, char **argv)
{
	signal(SIGABRT, end);
	LLVMFuzzerInitialize(&argc, &argv);
	for (int k = 1; k < argc; k++) {
		struct stat about;
		bool folder = stat(argv[k], &about) == 0 && S_ISDIR(about.st_mode);

		if (argv[k][0] == '-' || (folder ? run_folder(argv[k]) : run_file(argv[k])))
			continue;
		fprintf(stderr, "%s: cannot read %s, or it is empty\n", argv[0], argv[k]);
		return EX_NOINPUT;
	}
	fprintf(stderr, "%d inputs\n", n_inputs);
	return 0;
}
