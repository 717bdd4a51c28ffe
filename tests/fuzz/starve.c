/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Loaded before a program (LD_PRELOAD): one of its allocations finds no memory, GLOW_STARVE=<n>, or none does from
 * that one on, GLOW_STARVE=<n>+. They count from the program's main() on; 0 fails none. At a crash or an abort the
 * stacks of the crash and of the first failed allocation go to standard error, as <object>(+<offset>) lines that
 * addr2line understands; and at the end how many allocations there were, "starve: <n> allocations". With
 * GLOW_STARVE=places none fails, and the first and the last allocation of each call stack are told,
 * "starve: places 1 17 18 …". */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH = 40, PLACES_MAX = 8192 };

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
typedef int main_fn(int argc, char **argv, char **env);
int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*rtld_fini)(void), void *stack_end);

static _Atomic unsigned long count;
static unsigned long first;
static bool onwards, counting;
static void *failed[DEPTH];
static int n_failed;
static main_fn *real_main;

static struct {
	unsigned long hash, first, last;
} places[PLACES_MAX];
static bool looking;
static pthread_mutex_t places_lock = PTHREAD_MUTEX_INITIALIZER;

static void note_place(unsigned long k)
{
	void *stack[DEPTH];
	unsigned long hash = 14695981039346656037UL, at;

	for (int n = backtrace(stack, DEPTH); n-- > 0;)
		hash = (hash ^ (unsigned long)stack[n]) * 1099511628211UL;
	pthread_mutex_lock(&places_lock);
	for (at = hash % PLACES_MAX; places[at].hash && places[at].hash != hash;)
		at = (at + 1) % PLACES_MAX;
	if (!places[at].hash)
		places[at].first = k;
	places[at].hash = hash;
	places[at].last = k;
	pthread_mutex_unlock(&places_lock);
}

static bool fails(void)
{
	unsigned long k;

	if (!counting)
		return false;
	k = ++count;
	if (looking)
		note_place(k);
	if (first == 0 || (k != first && !(onwards && k > first)))
		return false;
	if (k == first)
		n_failed = backtrace(failed, DEPTH);
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

void *reallocarray(void *old, size_t n, size_t size)
{
	size_t whole;

	if (__builtin_mul_overflow(n, size, &whole)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(old, whole);
}

void *memalign(size_t alignment, size_t size)
{
	return fails() ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

int posix_memalign(void **ret, size_t alignment, size_t size)
{
	void *made = memalign(alignment, size);

	if (!made)
		return ENOMEM;
	*ret = made;
	return 0;
}

static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };

static void say(const char *text)
{
	(void)!write(STDERR_FILENO, text, strlen(text));
}

static void say_failed(void)
{
	say("starve: failed\n");
	backtrace_symbols_fd(failed, n_failed, STDERR_FILENO);
	say("starve: end\n");
}

static void crashed(int signal)
{
	void *stack[DEPTH];
	int n = backtrace(stack, DEPTH);

	counting = false;
	say("starve: crash\n");
	backtrace_symbols_fd(stack, n, STDERR_FILENO);
	say_failed();
	raise(signal); /* for whoever waits */
}

static void tell(void)
{
	char text[60];

	counting = false;
	snprintf(text, sizeof(text), "starve: %lu allocations\n", (unsigned long)count);
	say(text);
	if (first)
		say_failed();
	for (int k = 0; looking && k < PLACES_MAX; k++)
		if (places[k].hash)
			dprintf(STDERR_FILENO, "starve: places %lu %lu\n", places[k].first, places[k].last);
}

/* A thread that blocks all signals would die of a crash without its stack. */
int pthread_sigmask(int how, const sigset_t *set, sigset_t *ret_before)
{
	sigset_t open;

	if (set) {
		open = *set;
		for (size_t k = 0; k < sizeof(crashes) / sizeof(crashes[0]); k++)
			sigdelset(&open, crashes[k]);
	}
	return sigprocmask(how, set ? &open : NULL, ret_before) == 0 ? 0 : errno; /* in glibc it is the thread's */
}

static int counted_main(int argc, char **argv, char **env)
{
	const char *which = getenv("GLOW_STARVE");
	struct sigaction action = { .sa_handler = crashed, .sa_flags = SA_RESETHAND };

	n_failed = backtrace(failed, DEPTH); /* which loads what it needs */
	for (size_t k = 0; k < sizeof(crashes) / sizeof(crashes[0]); k++)
		sigaction(crashes[k], &action, NULL);
	atexit(tell);
	looking = which && strcmp(which, "places") == 0;
	first = which ? strtoul(which, NULL, 10) : 0;
	onwards = which && strchr(which, '+');
	unsetenv("GLOW_STARVE"); /* it is no option of the program's */
	counting = true;
	return real_main(argc, argv, env);
}

int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*rtld_fini)(void), void *stack_end)
{
	__typeof__(__libc_start_main) *next = (__typeof__(__libc_start_main) *)dlsym(RTLD_NEXT, "__libc_start_main");

	real_main = main;
	return next(counted_main, argc, argv, init, fini, rtld_fini, stack_end);
}
