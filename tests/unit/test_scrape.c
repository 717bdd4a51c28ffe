/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What may come to a port that anybody reaches, over loopback and with a time of the test's own. */

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include <glow/scrape.h>

#define MS       INT64_C(1000000)
#define GET      "GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n"
#define LINE     "glow_something 1234567890123456789012345678901234567890123456\n"
#define N_LINES  20000   /* 1.2 MB */
#define MANY     1000000 /* more than all that sockets hold */
#define PATIENCE 5000

static struct glow_scrape *s;
static struct sockaddr_in at;
static int64_t now_ns;
static int lines, made; /* of the text; pieces that were asked for */

static size_t next(void *ctx, void *place, char *ret_text, size_t room)
{
	int *told = place;
	size_t n = 0;

	(void)ctx;
	made++;
	for (; *told < lines && room - n >= sizeof(LINE); (*told)++, n += sizeof(LINE) - 1)
		memcpy(ret_text + n, LINE, sizeof(LINE));
	return n;
}

static int free_port(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(any);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&any, sizeof(any)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&any, &size), 0);
	close(fd);
	at = any;
	return ntohs(any.sin_port);
}

static int setup(void **state)
{
	const struct glow_scrape_text text = { .next = next };
	char address[32];

	(void)state;
	snprintf(address, sizeof(address), "127.0.0.1:%d", free_port());
	now_ns = 1000 * MS;
	lines = 3;
	made = 0;
	return glow_scrape_open(address, &text, &s);
}

static int teardown(void **state)
{
	(void)state;
	glow_scrape_close(s);
	return 0;
}

/* ---- a guest ---- */

static bool ready(int fd, short events, int ms)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, ms) == 1;
}

/* Everything that there is to do now. */
static void serve(void)
{
	for (int k = 0; k < 100000 && ready(glow_scrape_fd(s), POLLIN, 0); k++)
		glow_scrape_turn(s, (struct glow_mono){ now_ns });
}

static void pass(int64_t ns)
{
	now_ns += ns;
	glow_scrape_turn(s, (struct glow_mono){ now_ns });
	serve();
}

static int come(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_true(ready(glow_scrape_fd(s), POLLIN, PATIENCE));
	serve();
	pass(10 * MS);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
	ready(glow_scrape_fd(s), POLLIN, PATIENCE);
	serve();
}

/* What comes until the end, which is 0, or the errno of a connection that broke off. */
static int read_all(int fd, char *ret_text, size_t size, size_t *ret_len)
{
	size_t len = 0;
	ssize_t n = 1;

	for (int k = 0; n > 0 && k < PATIENCE && len < size - 1; k++) {
		serve();
		if (!ready(fd, POLLIN, 1))
			continue;
		n = recv(fd, ret_text + len, size - 1 - len, 0);
		len += n > 0 ? (size_t)n : 0;
	}
	ret_text[len] = '\0';
	if (ret_len)
		*ret_len = len;
	return n < 0 ? errno : 0;
}

/* The answer's status line, without its end. */
static const char *status_of(const char *request)
{
	static char text[4096];
	int fd = come();

	say(fd, request);
	assert_int_equal(read_all(fd, text, sizeof(text), NULL), 0);
	close(fd);
	serve();
	text[strcspn(text, "\r")] = '\0';
	return text;
}

static bool is_open(int fd)
{
	char byte;

	serve();
	if (!ready(fd, POLLIN, 20))
		return true;
	return recv(fd, &byte, 1, MSG_PEEK) > 0;
}

/* ---- tests ---- */

static void test_addresses(void **state)
{
	static const char *const good[] = { "127.0.0.1:9464", "0.0.0.0:1", "[::1]:65535", "[::]:9464" };
	static const char *const bad[] = {
		"",          "9464",          ":9464",     "127.0.0.1",      "127.0.0.1:0",      "::1:9464",
		"[::1]",     "1.2.3.4:65536", "1.2.3.4:x", "localhost:9464", "[127.0.0.1]:9464", "1.2.3.4: 9",
		"1.2.3.4:+9"
	};

	(void)state;
	for (size_t k = 0; k < sizeof(good) / sizeof(good[0]); k++)
		assert_true(glow_scrape_address_valid(good[k]));
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		assert_false(glow_scrape_address_valid(bad[k]));
}

static void test_port_is_taken(void **state)
{
	const struct glow_scrape_text text = { .next = next };
	struct glow_scrape *other;
	char address[32];

	(void)state;
	snprintf(address, sizeof(address), "127.0.0.1:%d", ntohs(at.sin_port));
	assert_int_equal(glow_scrape_open(address, &text, &other), -EADDRINUSE);
}

static void test_text(void **state)
{
	static char text[N_LINES * sizeof(LINE) + 4096];
	const char *body;
	size_t len, more;
	int fd = come();

	(void)state;
	lines = N_LINES;
	say(fd, GET);
	assert_int_equal(read_all(fd, text, sizeof(text), &len), 0);
	body = strstr(text, "\r\n\r\n");
	assert_non_null(body);
	assert_non_null(strstr(text, "Content-Type: text/plain; version=0.0.4"));
	more = len - (size_t)(body + 4 - text);
	assert_int_equal(more, (size_t)N_LINES * (sizeof(LINE) - 1));
	for (int k = 0; k < N_LINES; k++)
		assert_memory_equal(body + 4 + (size_t)k * (sizeof(LINE) - 1), LINE, sizeof(LINE) - 1);
	assert_true(made > (int)(more / GLOW_SCRAPE_PIECE)); /* the control: it came in pieces */
	close(fd);
}

static void test_requests(void **state)
{
	static char long_path[3000], headers[GLOW_SCRAPE_HEAD + 1];

	(void)state;
	assert_string_equal(status_of(GET), "HTTP/1.1 200 OK");
	assert_string_equal(status_of("GET /metrics?a=b HTTP/1.0\n\n"), "HTTP/1.1 200 OK");
	assert_string_equal(status_of("HEAD /metrics HTTP/1.1\r\n\r\n"), "HTTP/1.1 200 OK");
	assert_string_equal(status_of("GET / HTTP/1.1\r\n\r\n"), "HTTP/1.1 404 Not Found");
	assert_string_equal(status_of("GET /metrics/../etc/passwd HTTP/1.1\r\n\r\n"), "HTTP/1.1 404 Not Found");
	assert_string_equal(status_of("POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"),
			    "HTTP/1.1 405 Method Not Allowed");
	assert_string_equal(status_of("get /metrics HTTP/1.1\r\n\r\n"), "HTTP/1.1 405 Method Not Allowed");
	assert_string_equal(status_of("GET /metrics HTTP/2.0\r\n\r\n"), "HTTP/1.1 400 Bad Request");
	assert_string_equal(status_of("GET /metrics\r\n\r\n"), "HTTP/1.1 400 Bad Request");
	assert_string_equal(status_of("\r\n\r\n"), "HTTP/1.1 400 Bad Request");
	assert_string_equal(status_of("\x16\x03\x01\x02\xff\n\n"), "HTTP/1.1 400 Bad Request"); /* TLS begins so */
	memset(long_path, 'a', sizeof(long_path) - 1);
	memcpy(long_path, "GET /", 5);
	memcpy(long_path + sizeof(long_path) - 15, " HTTP/1.1\r\n\r\n", 14);
	assert_string_equal(status_of(long_path), "HTTP/1.1 404 Not Found");
	memset(headers, 'a', sizeof(headers) - 1);
	memcpy(headers, "GET /metrics HTTP/1.1\r\nX: ", 26);
	assert_string_equal(status_of(headers), "HTTP/1.1 431 Request Header Fields Too Large");
	memcpy(headers + GLOW_SCRAPE_HEAD - 4, "\r\n\r\n", 4); /* the control: the longest that is taken */
	assert_string_equal(status_of(headers), "HTTP/1.1 200 OK");
}

static void test_head_has_no_text(void **state)
{
	char text[1000];
	int fd = come();

	(void)state;
	say(fd, "HEAD /metrics HTTP/1.1\r\n\r\n");
	assert_int_equal(read_all(fd, text, sizeof(text), NULL), 0);
	assert_string_equal(strstr(text, "\r\n\r\n"), "\r\n\r\n");
	assert_int_equal(made, 0);
	close(fd);
}

/* A request may come byte by byte, for ten seconds. */
static void test_slow(void **state)
{
	char text[1000], byte[2] = "";
	int fd = come(), slow = come();

	(void)state;
	for (const char *c = GET; *c; c++) {
		byte[0] = *c;
		say(fd, byte);
	}
	assert_int_equal(read_all(fd, text, sizeof(text), NULL), 0);
	assert_non_null(strstr(text, LINE));
	say(slow, "GET /met");
	pass(9970 * MS);
	assert_true(is_open(slow)); /* the control */
	pass(20 * MS);
	assert_false(is_open(slow));
	close(fd);
	close(slow);
	assert_true(glow_scrape_next(s).ns == GLOW_NEVER);
}

static void test_ninth(void **state)
{
	int fds[GLOW_SCRAPE_GUESTS], ninth;
	char text[1000];

	(void)state;
	for (int k = 0; k < GLOW_SCRAPE_GUESTS; k++)
		fds[k] = come();
	assert_true(is_open(fds[0])); /* the control */
	ninth = come();
	assert_false(is_open(fds[0]));
	assert_true(is_open(fds[1]));
	say(ninth, GET);
	assert_int_equal(read_all(ninth, text, sizeof(text), NULL), 0);
	assert_non_null(strstr(text, "200 OK"));
	for (int k = 0; k < GLOW_SCRAPE_GUESTS; k++)
		close(fds[k]);
	close(ninth);
}

/* One in ten milliseconds. */
static void test_door(void **state)
{
	int fds[2];

	(void)state;
	for (int k = 0; k < 2; k++) {
		fds[k] = socket(AF_INET, SOCK_STREAM, 0);
		assert_int_equal(connect(fds[k], (struct sockaddr *)&at, sizeof(at)), 0);
		say(fds[k], GET);
	}
	assert_true(ready(fds[0], POLLIN, PATIENCE));
	assert_true(glow_scrape_next(s).ns == now_ns + 10 * MS);
	pass(9 * MS);
	assert_false(ready(fds[1], POLLIN, 20));
	pass(1 * MS);
	assert_true(ready(fds[1], POLLIN, PATIENCE));
	close(fds[0]);
	close(fds[1]);
}

/* Who takes nothing is waited for without a turn, and keeps nobody from being served. */
static void test_reads_nothing(void **state)
{
	char text[1000];
	int idle = come(), calm = 0, fd, before;

	(void)state;
	lines = MANY;
	say(idle, GET);
	for (int k = 0; k < 1000 && calm < 5; k++, serve()) /* the kernel passes some of it on */
		calm = ready(glow_scrape_fd(s), POLLIN, 20) ? 0 : calm + 1;
	before = made;
	assert_true(before > 0 && before < MANY * (int)(sizeof(LINE) - 1) / GLOW_SCRAPE_PIECE);
	assert_int_equal(calm, 5);
	lines = 1;
	fd = come();
	say(fd, GET);
	assert_int_equal(read_all(fd, text, sizeof(text), NULL), 0);
	assert_non_null(strstr(text, LINE));
	pass(10000 * MS);
	assert_true(read_all(idle, text, sizeof(text), NULL) == 0); /* what had come, as far as there is room here */
	close(idle);
	close(fd);
}

/* Who is cut off sees that it was: a reset, and no end. */
static void test_cut_off(void **state)
{
	static char text[N_LINES * sizeof(LINE) + 4096];
	int fd = come();
	size_t len;

	(void)state;
	lines = N_LINES;
	say(fd, GET);
	pass(10000 * MS);
	assert_int_equal(read_all(fd, text, sizeof(text), &len), ECONNRESET);
	assert_true(len < (size_t)N_LINES * (sizeof(LINE) - 1));
	close(fd);
}

/* After its request one may send some more, and not for ever. */
static void test_waste(void **state)
{
	static char waste[8192];
	int fd = come();
	ssize_t n = 0;
	int sent = 0;

	(void)state;
	memset(waste, 'x', sizeof(waste));
	say(fd, GET);
	assert_true(is_open(fd)); /* the control */
	for (; sent < 10000 && n >= 0; sent++) {
		n = send(fd, waste, sizeof(waste), MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			n = 0;
		serve();
	}
	assert_true(n < 0 && sent > 8);
	close(fd);
}

static void test_gone(void **state)
{
	int fd = come();

	(void)state;
	close(fd);
	assert_true(ready(glow_scrape_fd(s), POLLIN, PATIENCE));
	serve();
	assert_true(glow_scrape_next(s).ns == GLOW_NEVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test_setup_teardown(test_port_is_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(test_text, setup, teardown),
		cmocka_unit_test_setup_teardown(test_requests, setup, teardown),
		cmocka_unit_test_setup_teardown(test_head_has_no_text, setup, teardown),
		cmocka_unit_test_setup_teardown(test_slow, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ninth, setup, teardown),
		cmocka_unit_test_setup_teardown(test_door, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reads_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cut_off, setup, teardown),
		cmocka_unit_test_setup_teardown(test_waste, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gone, setup, teardown),
	};

	return cmocka_run_group_tests_name("scrape", tests, NULL, NULL);
}
