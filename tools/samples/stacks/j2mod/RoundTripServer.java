// In the stack's own package: there, what a listener does with a request can be replaced.
package com.ghgande.j2mod.modbus.net;

import com.ghgande.j2mod.modbus.Modbus;
import com.ghgande.j2mod.modbus.ModbusIOException;
import com.ghgande.j2mod.modbus.io.AbstractModbusTransport;
import com.ghgande.j2mod.modbus.msg.*;
import com.ghgande.j2mod.modbus.procimg.*;
import com.ghgande.j2mod.modbus.procimg.Record;
import java.io.FileWriter;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A server that logs each request as the stack hands it over, and what the stack then answers.
 *
 * <p>usage: RoundTripServer IP PORT tcp|rtu_over_tcp|udp LOG
 */
public class RoundTripServer {
    private static final int BITS = 2100;
    private static final int REGISTERS = 300;
    /** From here on an address is refused with the exception whose code is its distance. */
    private static final int REFUSED = 60000;
    /** What a gateway says of a unit that it does not find. */
    private static final int NO_SUCH_DEVICE = 11;

    private static final String[] OBJECTS = {
        "Northwater", "J2-3", "3.2.1", "http://plant.example", "Lab", "j2mod", "round trips"
    };

    private final Map<Integer, ProcessImage> images = new HashMap<>();
    private final Writer log;

    private RoundTripServer(String path) throws IOException {
        log = new FileWriter(path);
        for (int unit : new int[] {1, 2, 100}) {
            images.put(unit, image(unit));
        }
    }

    private static ProcessImage image(int unit) {
        SimpleProcessImage image = new SimpleProcessImage(unit);
        for (int at = 0; at < BITS; at++) {
            image.addDigitalOut(new SimpleDigitalOut(at % 5 < 2));
            image.addDigitalIn(new SimpleDigitalIn(at % 3 == 0));
        }
        for (int at = 0; at < REGISTERS; at++) {
            image.addRegister(new SimpleRegister(500 + at));
            image.addInputRegister(new SimpleInputRegister(200 + at));
        }
        image.setRegister(40, new SimpleRegister(3)); // a queue of three values behind it
        for (int number = 0; number < 3; number++) {
            File file = new File(number, 10);
            for (int record = 0; record < 10; record++) {
                Record registers = new Record(record, 4);
                for (int at = 0; at < 4; at++) {
                    registers.setRegister(at, new SimpleRegister(1000 * number + 10 * record + at));
                }
                file.setRecord(record, registers);
            }
            image.addFile(number, file);
        }
        return image;
    }

    void answer(AbstractModbusTransport transport, AbstractModbusListener listener) throws ModbusIOException {
        ModbusRequest request = transport.readRequest(listener);
        Line line = new Line(request);
        ModbusResponse response;
        if (line.address != null && line.address > REFUSED) {
            response = request.createExceptionResponse(line.address - REFUSED);
        } else if (listener.getProcessImage(request.getUnitID()) == null) {
            response = request.createExceptionResponse(NO_SUCH_DEVICE);
        } else {
            response = respond(request, listener);
        }
        line.answered(response);
        try {
            log.write(line + "\n");
            log.flush();
        } catch (IOException error) {
            throw new ModbusIOException(error.getMessage());
        }
        transport.writeResponse(response);
    }

    /** What the stack does, and a few answers for which it has a form but no content. */
    private static ModbusResponse respond(ModbusRequest request, AbstractModbusListener listener) {
        ModbusResponse response = request.getResponse();
        if (response instanceof ReadExceptionStatusResponse) {
            ((ReadExceptionStatusResponse) response).setStatus(0x6D);
        } else if (response instanceof ReadSerialDiagnosticsResponse) {
            ReadSerialDiagnosticsRequest asked = (ReadSerialDiagnosticsRequest) request;
            ((ReadSerialDiagnosticsResponse) response).setFunction(asked.getFunction());
            ((ReadSerialDiagnosticsResponse) response).setData(asked.getData());
        } else if (response instanceof ReadCommEventCounterResponse) {
            ((ReadCommEventCounterResponse) response).setStatus(0);
            ((ReadCommEventCounterResponse) response).setEventCount(264);
        } else if (response instanceof ReadMEIResponse) {
            ReadMEIRequest asked = (ReadMEIRequest) request;
            ReadMEIResponse objects = (ReadMEIResponse) response;
            objects.setFieldLevel(asked.getLevel());
            for (int id = 0; id < OBJECTS.length; id++) {
                if (asked.getLevel() == 4 ? id == asked.getFieldId() : asked.getLevel() > 1 || id < 3) {
                    objects.addField(id, OBJECTS[id]);
                }
            }
            if (asked.getLevel() == 4 && asked.getFieldId() >= OBJECTS.length) {
                return request.createExceptionResponse(Modbus.ILLEGAL_ADDRESS_EXCEPTION);
            }
            objects.setDataLength(objects.getMessage().length);
        } else {
            return request.createResponse(listener);
        }
        return response;
    }

    /** A request and its answer, as the stack has them. */
    private static final class Line {
        private final int unit;
        private final int function;
        private Integer address;
        private Integer quantity;
        private Integer writeAddress;
        private Integer writeQuantity;
        private String sent = "";
        private String extra = "";
        private String outcome = "ok";
        private String received = "";

        Line(ModbusRequest any) {
            unit = any.getUnitID();
            function = any.getFunctionCode();
            if (any instanceof ReadCoilsRequest) {
                named(((ReadCoilsRequest) any).getReference(), ((ReadCoilsRequest) any).getBitCount());
            } else if (any instanceof ReadInputDiscretesRequest) {
                named(((ReadInputDiscretesRequest) any).getReference(), ((ReadInputDiscretesRequest) any).getBitCount());
            } else if (any instanceof ReadMultipleRegistersRequest) {
                named(((ReadMultipleRegistersRequest) any).getReference(), ((ReadMultipleRegistersRequest) any).getWordCount());
            } else if (any instanceof ReadInputRegistersRequest) {
                named(((ReadInputRegistersRequest) any).getReference(), ((ReadInputRegistersRequest) any).getWordCount());
            } else if (any instanceof WriteCoilRequest) {
                named(((WriteCoilRequest) any).getReference(), 1);
                sent = ((WriteCoilRequest) any).getCoil() ? "1" : "0";
            } else if (any instanceof WriteSingleRegisterRequest) {
                named(((WriteSingleRegisterRequest) any).getReference(), 1);
                sent = String.valueOf(((WriteSingleRegisterRequest) any).getRegister().toUnsignedShort());
            } else if (any instanceof WriteMultipleCoilsRequest) {
                WriteMultipleCoilsRequest request = (WriteMultipleCoilsRequest) any;
                named(request.getReference(), request.getBitCount());
                sent = bits(request.getBitCount(), request::getCoilStatus);
            } else if (any instanceof WriteMultipleRegistersRequest) {
                WriteMultipleRegistersRequest request = (WriteMultipleRegistersRequest) any;
                named(request.getReference(), request.getWordCount());
                sent = values(request.getRegisters());
            } else if (any instanceof MaskWriteRegisterRequest) {
                MaskWriteRegisterRequest request = (MaskWriteRegisterRequest) any;
                address = request.getReference();
                sent = request.getAndMask() + "," + request.getOrMask();
            } else if (any instanceof ReadWriteMultipleRequest) {
                ReadWriteMultipleRequest request = (ReadWriteMultipleRequest) any;
                named(request.getReadReference(), request.getReadWordCount());
                writeAddress = request.getWriteReference();
                writeQuantity = request.getWriteWordCount();
                sent = values(request.getRegisters());
            } else if (any instanceof ReadFIFOQueueRequest) {
                address = ((ReadFIFOQueueRequest) any).getReference();
            } else if (any instanceof ReadSerialDiagnosticsRequest) {
                extra = String.valueOf(((ReadSerialDiagnosticsRequest) any).getFunction());
                sent = String.valueOf(((ReadSerialDiagnosticsRequest) any).getData() & 0xFFFF);
            } else if (any instanceof ReadMEIRequest) {
                extra = ((ReadMEIRequest) any).getLevel() + "," + ((ReadMEIRequest) any).getFieldId();
            } else if (any instanceof ReadFileRecordRequest) {
                ReadFileRecordRequest.RecordRequest one = ((ReadFileRecordRequest) any).getRecord(0);
                extra = one.getFileNumber() + "," + one.getRecordNumber() + "," + one.getWordCount();
            } else if (any instanceof WriteFileRecordRequest) {
                WriteFileRecordRequest.RecordRequest one = ((WriteFileRecordRequest) any).getRecord(0);
                extra = one.getFileNumber() + "," + one.getRecordNumber() + "," + one.getWordCount();
                sent = joined(one.getWordCount(), at -> one.getRegister(at).toUnsignedShort());
            }
        }

        void answered(ModbusResponse any) {
            if (any instanceof ExceptionResponse) {
                outcome = "exception " + ((ExceptionResponse) any).getExceptionCode();
            } else if (any instanceof ReadCoilsResponse) {
                received = bits(quantity, ((ReadCoilsResponse) any)::getCoilStatus);
            } else if (any instanceof ReadInputDiscretesResponse) {
                received = bits(quantity, ((ReadInputDiscretesResponse) any)::getDiscreteStatus);
            } else if (any instanceof ReadMultipleRegistersResponse) {
                received = values(((ReadMultipleRegistersResponse) any).getRegisters());
            } else if (any instanceof ReadInputRegistersResponse) {
                received = values(((ReadInputRegistersResponse) any).getRegisters());
            } else if (any instanceof ReadWriteMultipleResponse) {
                received = values(((ReadWriteMultipleResponse) any).getRegisters());
            } else if (any instanceof ReadExceptionStatusResponse) {
                received = String.valueOf(((ReadExceptionStatusResponse) any).getStatus());
            } else if (any instanceof ReadSerialDiagnosticsResponse) {
                received = String.valueOf(((ReadSerialDiagnosticsResponse) any).getData() & 0xFFFF);
            } else if (any instanceof ReadCommEventCounterResponse) {
                ReadCommEventCounterResponse counter = (ReadCommEventCounterResponse) any;
                received = counter.getStatus() + "," + counter.getEventCount();
            } else if (any instanceof ReadMEIResponse) {
                ReadMEIResponse found = (ReadMEIResponse) any;
                received = IntStream.range(0, found.getFieldCount())
                        .filter(at -> found.getField(at) != null) // the stack's list is longer than what is in it
                        .mapToObj(at -> found.getFieldId(at) + "=" + found.getField(at))
                        .collect(Collectors.joining(";"));
            } else if (any instanceof ReadFIFOQueueResponse) {
                received = Arrays.stream(((ReadFIFOQueueResponse) any).getRegisters())
                        .mapToObj(String::valueOf)
                        .collect(Collectors.joining(","));
            } else if (any instanceof ReadFileRecordResponse) {
                ReadFileRecordResponse.RecordResponse one = ((ReadFileRecordResponse) any).getRecord(0);
                received = joined(one.getWordCount(), at -> one.getRegister(at).toUnsignedShort());
            }
        }

        private void named(int first, int count) {
            address = first;
            quantity = count;
        }

        private static String values(InputRegister[] registers) {
            return joined(registers.length, at -> registers[at].toUnsignedShort());
        }

        private static String joined(int count, java.util.function.IntUnaryOperator value) {
            return IntStream.range(0, count).map(value).mapToObj(String::valueOf).collect(Collectors.joining(","));
        }

        private static String bits(int count, java.util.function.IntPredicate bit) {
            return joined(count, at -> bit.test(at) ? 1 : 0);
        }

        private static String cell(Integer value) {
            return value == null ? "" : value.toString();
        }

        @Override
        public String toString() {
            Instant now = Instant.now();
            String time = String.valueOf(now.getEpochSecond() * 1_000_000_000L + now.getNano());
            return String.join(
                    "\t", time, "", String.valueOf(unit), String.valueOf(function), cell(address), cell(quantity), sent, outcome,
                    received, cell(writeAddress), cell(writeQuantity), extra);
        }
    }

    private final class Tcp extends ModbusTCPListener {
        Tcp(InetAddress address, boolean isRtu) {
            super(5, address, isRtu);
        }

        @Override
        void handleRequest(AbstractModbusTransport transport, AbstractModbusListener listener) throws ModbusIOException {
            answer(transport, listener);
        }

        @Override
        public ProcessImage getProcessImage(int unit) {
            return images.get(unit);
        }
    }

    private final class Udp extends ModbusUDPListener {
        Udp(InetAddress address) {
            super(address);
        }

        @Override
        void handleRequest(AbstractModbusTransport transport, AbstractModbusListener listener) throws ModbusIOException {
            answer(transport, listener);
        }

        @Override
        public ProcessImage getProcessImage(int unit) {
            return images.get(unit);
        }
    }

    public static void main(String[] arguments) throws Exception {
        RoundTripServer server = new RoundTripServer(arguments[3]);
        InetAddress address = InetAddress.getByName(arguments[0]);
        boolean isUdp = arguments[2].equals("udp");
        AbstractModbusListener listener =
                isUdp ? server.new Udp(address) : server.new Tcp(address, arguments[2].equals("rtu_over_tcp"));
        listener.setPort(Integer.parseInt(arguments[1]));
        listener.setTimeout(0);
        listener.setListening(false);
        Thread thread = new Thread(listener);
        thread.start();
        while (!listener.isListening() && listener.getError() == null) {
            Thread.sleep(20);
        }
        System.out.println(listener.isListening() ? "listening" : listener.getError());
        thread.join();
    }
}
