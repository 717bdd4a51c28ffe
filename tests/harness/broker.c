/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */

/* Children ask the kernel to be killed with their parent (PR_SET_PDEATHSIG), so
 * that a test which aborts in the middle leaves no broker behind. */

#include "broker.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_OPTIONS 24
#define START_MS    10000

static void find_in_sbin(void)
{
	const char *path = getenv("PATH");
	char longer[4096];

	if (path && strstr(path, "/usr/sbin"))
		return;
	snprintf(longer, sizeof(longer), "%s:/usr/sbin", path ? path : "/usr/bin:/bin");
	setenv("PATH", longer, 1);
}

/* Only system calls between fork() and exec: the caller may have threads. */
static void become(const char *const argv[], int input, const char *output, pid_t parent)
{
	int out = output ? open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (input >= 0)
		dup2(input, STDIN_FILENO);
	if (out >= 0) {
		dup2(out, STDOUT_FILENO);
		dup2(out, STDERR_FILENO);
	}
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

static pid_t spawn(const char *const argv[], int input, const char *output)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0)
		become(argv, input, output, parent);
	return pid;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err(1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int broker_run(const char *input, const char *const argv[])
{
	int pipe_fds[2] = { -1, -1 };
	pid_t pid;

	if (input && pipe2(pipe_fds, O_CLOEXEC) < 0)
		err(1, "pipe");
	pid = spawn(argv, pipe_fds[0], NULL);
	if (input) {
		close(pipe_fds[0]);
		if (write(pipe_fds[1], input, strlen(input)) != (ssize_t)strlen(input))
			err(1, "%s: input", argv[0]);
		close(pipe_fds[1]);
	}
	return wait_for(pid);
}

bool broker_available(void)
{
	const char *const programs[] = { "sh", "-c", "command -v mosquitto mosquitto_pub mosquitto_passwd >/dev/null",
					 NULL };

	find_in_sbin();
	return broker_run(NULL, programs) == 0;
}

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

uint16_t broker_free_port(void)
{
	struct sockaddr_in address = loopback(0);
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		err(1, "no free port");
	close(fd);
	return ntohs(address.sin_port);
}

void broker_init(struct broker *broker)
{
	*broker = (struct broker){ .port = broker_free_port(), .dir = "/tmp/glow-broker-XXXXXX" };
	find_in_sbin();
	if (!mkdtemp(broker->dir))
		err(1, "mkdtemp");
	snprintf(broker->uri, sizeof(broker->uri), "mqtt://127.0.0.1:%u", broker->port);
}

static void write_config(const struct broker *broker, const char *path, const char *config)
{
	FILE *file = fopen(path, "we");

	if (!file)
		err(1, "%s", path);
	/* As root it would become another user, who cannot read our directory. */
	fprintf(file, "user root\nlistener %u 127.0.0.1\nset_tcp_nodelay true\nmax_queued_messages 0\n%s\n",
		broker->port, config ? config : "allow_anonymous true");
	fclose(file);
}

static bool accepts(uint16_t port)
{
	struct sockaddr_in address = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool connected = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;

	close(fd);
	return connected;
}

void broker_start(struct broker *broker, const char *config)
{
	char path[64], log[64];
	const char *const argv[] = { "mosquitto", "-c", path, NULL };

	snprintf(path, sizeof(path), "%s/mosquitto.conf", broker->dir);
	snprintf(log, sizeof(log), "%s/log", broker->dir);
	write_config(broker, path, config);
	broker->pid = spawn(argv, -1, log);
	for (int waited_ms = 0; !accepts(broker->port); waited_ms += 10) {
		if (waited_ms > START_MS || waitpid(broker->pid, NULL, WNOHANG) != 0)
			errx(1, "mosquitto does not start, see %s", log);
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
}

static bool has_logged(const char *log, const char *words)
{
	FILE *file = fopen(log, "re");
	char line[400];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = strstr(line, words);
	if (file)
		fclose(file);
	return found;
}

void broker_wait_log(const struct broker *broker, const char *words)
{
	char log[64];

	snprintf(log, sizeof(log), "%s/log", broker->dir);
	for (int waited_ms = 0; !has_logged(log, words); waited_ms += 10) {
		if (waited_ms > START_MS)
			errx(1, "\"%s\" is not in %s", words, log);
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	}
}

void broker_stop(struct broker *broker, int signal)
{
	if (broker->pid <= 0)
		return;
	kill(broker->pid, signal);
	kill(broker->pid, SIGCONT);
	wait_for(broker->pid);
	broker->pid = 0;
}

void broker_fini(struct broker *broker)
{
	const char *const rm[] = { "rm", "-rf", broker->dir, NULL };

	broker_stop(broker, SIGKILL);
	broker_run(NULL, rm);
}

int broker_publish(const struct broker *broker, const char *const options[])
{
	const char *argv[MAX_OPTIONS] = { "mosquitto_pub", "-V", "5", "-h", "127.0.0.1", "-p" };
	char port[8];
	size_t n = 6;

	snprintf(port, sizeof(port), "%u", broker->port);
	argv[n++] = port;
	for (size_t i = 0; options[i]; i++) {
		if (n == MAX_OPTIONS - 1)
			errx(1, "too many options");
		argv[n++] = options[i];
	}
	argv[n] = NULL;
	return broker_run(NULL, argv);
}
