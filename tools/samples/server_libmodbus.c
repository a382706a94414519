/* A dosing station: a libmodbus server that serves any number of clients. gcc -O2 -o OUT FILE -lmodbus -lm
 * usage: OUT IP PORT [CLOCK]   CLOCK is a file whose first 8 bytes are the plant's time in seconds (a double). */
#include <fcntl.h>
#include <math.h>
#include <modbus/modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <unistd.h>

static void step(modbus_mapping_t *map, double seconds)
{
    map->tab_input_registers[0] = 700 + (int)(20 * sin(seconds / 90));      /* chlorine, 0.001 mg/l */
    map->tab_input_registers[1] = 712 + (int)(4 * sin(seconds / 200));      /* pH, 0.01 */
    map->tab_input_registers[2] = 118 + (int)(3 * sin(seconds / 400));      /* temperature, 0.1 degrees */
    map->tab_input_bits[0] = 1;                                             /* dosing pump runs */
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: %s IP PORT [CLOCK]\n", argv[0]);
        return 2;
    }
    const double zero = 0, *clock = &zero;
    if (argc > 3) {
        clock = mmap(NULL, 8, PROT_READ, MAP_SHARED, open(argv[3], O_RDONLY), 0);
        if (clock == MAP_FAILED)
            return 2;
    }
    modbus_t *context = modbus_new_tcp(argv[1], atoi(argv[2]));
    modbus_mapping_t *map = modbus_mapping_new(64, 64, 64, 64);
    int listener = context ? modbus_tcp_listen(context, 5) : -1;
    if (listener < 0 || !map)
        return 2;
    for (int i = 0; i < 64; i++)
        map->tab_registers[i] = 100 + i;
    puts("listening");
    fflush(stdout);

    fd_set open_sockets;
    FD_ZERO(&open_sockets);
    FD_SET(listener, &open_sockets);
    int highest = listener;
    for (;;) {
        fd_set ready = open_sockets;
        if (select(highest + 1, &ready, NULL, NULL, NULL) < 0)
            return 1;
        for (int fd = 0; fd <= highest; fd++) {
            if (!FD_ISSET(fd, &ready))
                continue;
            if (fd == listener) {
                int copy = listener;
                int client = modbus_tcp_accept(context, &copy);
                if (client >= 0) {
                    FD_SET(client, &open_sockets);
                    if (client > highest)
                        highest = client;
                }
                continue;
            }
            uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
            modbus_set_socket(context, fd);
            int length = modbus_receive(context, query);
            if (length > 0) {
                step(map, *clock);
                modbus_reply(context, query, length, map);
            } else if (length < 0) {
                close(fd);
                FD_CLR(fd, &open_sockets);
            }
        }
    }
}
