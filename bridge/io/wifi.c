/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The old wireless ioctl is answered by every driver of a Pi, needs no library
 * and no privilege; nl80211 would tell the same for ten times the code. */

#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/wireless.h> /* after <net/if.h>, whose names it then leaves alone */

#include <glow/meter.h>

static enum glow_wifi look_at(int fd, const char *name)
{
	struct iwreq request = { .u.power.flags = 0 };

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(fd, SIOCGIWPOWER, &request) < 0)
		return GLOW_WIFI_UNSEEN;
	return request.u.power.disabled ? GLOW_WIFI_AWAKE : GLOW_WIFI_SLEEPS;
}

enum glow_wifi glow_wifi_look(void)
{
	struct if_nameindex *all = if_nameindex();
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	enum glow_wifi found = GLOW_WIFI_UNSEEN;

	for (struct if_nameindex *i = all; fd >= 0 && i && i->if_index; i++) {
		enum glow_wifi one = look_at(fd, i->if_name);

		if (one > found)
			found = one;
	}
	if (fd >= 0)
		close(fd);
	if (all)
		if_freenameindex(all);
	return found;
}
