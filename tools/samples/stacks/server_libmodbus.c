/* A libmodbus server that logs what the library hands over, and what it then holds. gcc -O2 -o OUT FILE -lmodbus
 * usage: OUT IP PORT tcp LOG */
#include <arpa/inet.h>
#include <modbus/modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BITS = 2100, REGISTERS = 300, REFUSED = 60000, UNIT_COUNT = 3 };
static const int units[UNIT_COUNT] = {1, 2, 100};
static modbus_mapping_t *map;

struct call {
    int unit, function, address, quantity, write_address, write_quantity;
};

static int word(const uint8_t *bytes) { return bytes[0] << 8 | bytes[1]; }

/* The library hands over the bytes of a request that it found whole. */
static struct call read_call(const uint8_t *query, int header)
{
    struct call call = {query[header - 1], query[header], -1, -1, -1, -1};
    const uint8_t *data = query + header + 1;
    switch (call.function) {
    case 1: case 2: case 3: case 4: case 15: case 16:
        call.address = word(data), call.quantity = word(data + 2);
        break;
    case 5: case 6:
        call.address = word(data), call.quantity = 1;
        break;
    case 22:
        call.address = word(data);
        break;
    case 23:
        call.address = word(data), call.quantity = word(data + 2);
        call.write_address = word(data + 4), call.write_quantity = word(data + 6);
    }
    return call;
}

static int in_range(int first, int count, int size) { return first + count <= size; }

/* 0, or the exception that the request gets: those of our own choice first, then what the library will find. */
static int refusal(const struct call *call)
{
    int known = 0;
    for (int i = 0; i < UNIT_COUNT; i++)
        known |= units[i] == call->unit;
    if (call->address > REFUSED)
        return call->address - REFUSED;
    if (!known)
        return MODBUS_EXCEPTION_GATEWAY_TARGET;
    int bits = call->function == 1 || call->function == 2 || call->function == 5 || call->function == 15;
    int is_named = call->address >= 0 && call->function != 22;
    if (is_named && !in_range(call->address, call->quantity, bits ? BITS : REGISTERS))
        return MODBUS_EXCEPTION_ILLEGAL_DATA_ADDRESS;
    switch (call->function) {
    case 1: case 2: case 3: case 4: case 5: case 6: case 15: case 16: case 17: case 22: case 23:
        return 0;
    default:
        return MODBUS_EXCEPTION_ILLEGAL_FUNCTION;
    }
}

static void print_number(FILE *log, int value)
{
    if (value >= 0)
        fprintf(log, "%d", value);
    fputc('\t', log);
}

static void print_bits(FILE *log, const uint8_t *table, int first, int count)
{
    for (int i = 0; i < count; i++)
        fprintf(log, i ? ",%d" : "%d", table[first + i]);
}

static void print_registers(FILE *log, const uint16_t *table, int first, int count)
{
    for (int i = 0; i < count; i++)
        fprintf(log, i ? ",%d" : "%d", table[first + i]);
}

/* What was written: as the library put it into the tables; the masks as they came. */
static void print_sent(FILE *log, const struct call *call, const uint8_t *data)
{
    switch (call->function) {
    case 5: case 15:
        print_bits(log, map->tab_bits, call->address, call->quantity);
        break;
    case 6: case 16:
        print_registers(log, map->tab_registers, call->address, call->quantity);
        break;
    case 22:
        fprintf(log, "%d,%d", word(data + 2), word(data + 4));
        break;
    case 23:
        print_registers(log, map->tab_registers, call->write_address, call->write_quantity);
    }
    fputc('\t', log);
}

static void print_received(FILE *log, const struct call *call)
{
    switch (call->function) {
    case 1:
        print_bits(log, map->tab_bits, call->address, call->quantity);
        break;
    case 2:
        print_bits(log, map->tab_input_bits, call->address, call->quantity);
        break;
    case 3: case 23:
        print_registers(log, map->tab_registers, call->address, call->quantity);
        break;
    case 4:
        print_registers(log, map->tab_input_registers, call->address, call->quantity);
    }
    fputc('\t', log);
}

static void serve_one(modbus_t *context, int fd, FILE *log)
{
    uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
    modbus_set_socket(context, fd);
    int length = modbus_receive(context, query);
    if (length <= 0) {
        if (length < 0)
            modbus_set_socket(context, -1);
        return;
    }
    int header = modbus_get_header_length(context);
    struct call call = read_call(query, header);
    int code = refusal(&call);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (code)
        modbus_reply_exception(context, query, code);
    else
        modbus_reply(context, query, length, map);
    struct sockaddr_in peer;
    socklen_t size = sizeof peer;
    getpeername(fd, (struct sockaddr *)&peer, &size);
    fprintf(log, "%lld%09ld\t%s:%d\t", (long long)now.tv_sec, now.tv_nsec, inet_ntoa(peer.sin_addr), ntohs(peer.sin_port));
    print_number(log, call.unit);
    print_number(log, call.function);
    print_number(log, call.address);
    print_number(log, call.quantity);
    if (code)
        fprintf(log, "\texception %d\t\t", code);
    else {
        print_sent(log, &call, query + header + 1);
        fputs("ok\t", log);
        print_received(log, &call);
    }
    print_number(log, call.write_address);
    print_number(log, call.write_quantity);
    fputc('\n', log);
    fflush(log);
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: %s IP PORT tcp LOG\n", argv[0]);
        return 2;
    }
    FILE *log = fopen(argv[4], "w");
    modbus_t *context = modbus_new_tcp(argv[1], atoi(argv[2]));
    map = modbus_mapping_new(BITS, BITS, REGISTERS, REGISTERS);
    int listener = context ? modbus_tcp_listen(context, 5) : -1;
    if (!log || !map || listener < 0)
        return 2;
    for (int i = 0; i < BITS; i++)
        map->tab_bits[i] = i % 5 < 2, map->tab_input_bits[i] = i % 3 == 0;
    for (int i = 0; i < REGISTERS; i++)
        map->tab_registers[i] = 500 + i, map->tab_input_registers[i] = 200 + i;
    puts("listening");
    fflush(stdout);

    fd_set open_sockets;
    FD_ZERO(&open_sockets);
    FD_SET(listener, &open_sockets);
    for (int highest = listener;;) {
        fd_set ready = open_sockets;
        if (select(highest + 1, &ready, NULL, NULL, NULL) < 0)
            return 1;
        for (int fd = 0; fd <= highest; fd++) {
            if (!FD_ISSET(fd, &ready))
                continue;
            if (fd != listener) {
                serve_one(context, fd, log);
                if (modbus_get_socket(context) < 0) {
                    close(fd);
                    FD_CLR(fd, &open_sockets);
                }
                continue;
            }
            int copy = listener, client = modbus_tcp_accept(context, &copy);
            if (client >= 0)
                FD_SET(client, &open_sockets);
            if (client > highest)
                highest = client;
        }
    }
}
