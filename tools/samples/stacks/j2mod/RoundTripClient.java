import com.ghgande.j2mod.modbus.ModbusIOException;
import com.ghgande.j2mod.modbus.ModbusSlaveException;
import com.ghgande.j2mod.modbus.io.AbstractModbusTransport;
import com.ghgande.j2mod.modbus.io.ModbusTransaction;
import com.ghgande.j2mod.modbus.msg.*;
import com.ghgande.j2mod.modbus.net.TCPMasterConnection;
import com.ghgande.j2mod.modbus.net.UDPMasterConnection;
import com.ghgande.j2mod.modbus.procimg.InputRegister;
import com.ghgande.j2mod.modbus.procimg.Register;
import com.ghgande.j2mod.modbus.procimg.SimpleRegister;
import com.ghgande.j2mod.modbus.util.BitVector;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One call a line of standard input, one line of outcome on standard output; the columns are those of foreign.py.
 *
 * <p>usage: RoundTripClient IP PORT tcp|rtu_over_tcp|udp
 */
public class RoundTripClient {
    private static final int TIMEOUT = 700;

    public static void main(String[] arguments) throws Exception {
        InetAddress server = InetAddress.getByName(arguments[0]);
        int port = Integer.parseInt(arguments[1]);
        AbstractModbusTransport transport;
        Runnable close;
        if (arguments[2].equals("udp")) {
            UDPMasterConnection connection = new UDPMasterConnection(server);
            connection.setPort(port);
            connection.setTimeout(TIMEOUT);
            connection.connect();
            transport = connection.getModbusTransport();
            close = connection::close;
        } else {
            TCPMasterConnection connection = new TCPMasterConnection(server);
            connection.setPort(port);
            connection.setTimeout(TIMEOUT);
            connection.connect(arguments[2].equals("rtu_over_tcp"));
            transport = connection.getModbusTransport();
            close = connection::close;
        }
        ModbusTransaction transaction = transport.createTransaction();
        transaction.setRetries(1); // 0 would be the stack's default of five
        System.out.println("connected"); // the stack does not tell its port
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(outcome(transaction, line.split("\t", -1)));
        }
        close.run();
        System.exit(0);
    }

    private static String outcome(ModbusTransaction transaction, String[] cells) {
        try {
            ModbusRequest request = request(cells);
            request.setUnitID(Integer.parseInt(cells[1]));
            transaction.setRequest(request);
            transaction.execute();
            return "ok\t" + received(transaction.getResponse(), number(cells[3]));
        } catch (ModbusSlaveException refused) {
            return "exception " + refused.getType() + "\t";
        } catch (ModbusIOException lost) {
            String why = String.valueOf(lost.getMessage()).toLowerCase().contains("timeout") ? "timeout" : "error " + lost.getMessage();
            return why.replaceAll("[\t\n]", " ") + "\t";
        } catch (Exception wrong) {
            return ("error " + wrong).replaceAll("[\t\n]", " ") + "\t";
        }
    }

    private static int number(String cell) {
        return cell.isEmpty() ? 0 : Integer.parseInt(cell);
    }

    private static int[] numbers(String cell) {
        return cell.isEmpty() ? new int[0] : Arrays.stream(cell.split(",")).mapToInt(Integer::parseInt).toArray();
    }

    private static Register[] registers(int[] values) {
        return Arrays.stream(values).mapToObj(SimpleRegister::new).toArray(Register[]::new);
    }

    private static ModbusRequest request(String[] cells) {
        int address = number(cells[2]);
        int quantity = number(cells[3]);
        int[] sent = numbers(cells[4]);
        int[] extra = numbers(cells[6]);
        switch (Integer.parseInt(cells[0])) {
            case 1: return new ReadCoilsRequest(address, quantity);
            case 2: return new ReadInputDiscretesRequest(address, quantity);
            case 3: return new ReadMultipleRegistersRequest(address, quantity);
            case 4: return new ReadInputRegistersRequest(address, quantity);
            case 5: return new WriteCoilRequest(address, sent[0] == 1);
            case 6: return new WriteSingleRegisterRequest(address, new SimpleRegister(sent[0]));
            case 7: return new ReadExceptionStatusRequest();
            case 8: {
                ReadSerialDiagnosticsRequest request = new ReadSerialDiagnosticsRequest();
                request.setFunction(extra[0]);
                request.setData(sent[0]);
                return request;
            }
            case 11: return new ReadCommEventCounterRequest();
            case 12: return new ReadCommEventLogRequest();
            case 15: {
                BitVector bits = new BitVector(sent.length);
                for (int at = 0; at < sent.length; at++) {
                    bits.setBit(at, sent[at] == 1);
                }
                return new WriteMultipleCoilsRequest(address, bits);
            }
            case 16: return new WriteMultipleRegistersRequest(address, registers(sent));
            case 17: return new ReportSlaveIDRequest();
            case 20: {
                ReadFileRecordRequest request = new ReadFileRecordRequest();
                request.addRequest(new ReadFileRecordRequest.RecordRequest(extra[0], extra[1], extra[2]));
                return request;
            }
            case 21: {
                short[] values = new short[sent.length];
                for (int at = 0; at < sent.length; at++) {
                    values[at] = (short) sent[at];
                }
                WriteFileRecordRequest request = new WriteFileRecordRequest();
                request.addRequest(new WriteFileRecordRequest.RecordRequest(extra[0], extra[1], values));
                return request;
            }
            case 22: return new MaskWriteRegisterRequest(address, sent[0], sent[1]);
            case 23: {
                ReadWriteMultipleRequest request =
                        new ReadWriteMultipleRequest(1, address, quantity, number(cells[5]), sent.length);
                request.setRegisters(registers(sent));
                return request;
            }
            case 24: {
                ReadFIFOQueueRequest request = new ReadFIFOQueueRequest();
                request.setReference(address);
                return request;
            }
            case 43: return new ReadMEIRequest(extra[0], extra[1]);
            default: throw new IllegalArgumentException("no call for function " + cells[0]);
        }
    }

    private static String values(InputRegister[] registers) {
        return Arrays.stream(registers).map(one -> String.valueOf(one.toUnsignedShort())).collect(Collectors.joining(","));
    }

    private static String bits(BitVector bits, int count) {
        return IntStream.range(0, count).mapToObj(at -> bits.getBit(at) ? "1" : "0").collect(Collectors.joining(","));
    }

    private static String received(ModbusResponse response, int asked) {
        if (response instanceof ReadCoilsResponse) {
            return bits(((ReadCoilsResponse) response).getCoils(), asked);
        } else if (response instanceof ReadInputDiscretesResponse) {
            return bits(((ReadInputDiscretesResponse) response).getDiscretes(), asked);
        } else if (response instanceof ReadMultipleRegistersResponse) {
            return values(((ReadMultipleRegistersResponse) response).getRegisters());
        } else if (response instanceof ReadInputRegistersResponse) {
            return values(((ReadInputRegistersResponse) response).getRegisters());
        } else if (response instanceof ReadWriteMultipleResponse) {
            return values(((ReadWriteMultipleResponse) response).getRegisters());
        } else if (response instanceof ReadExceptionStatusResponse) {
            return String.valueOf(((ReadExceptionStatusResponse) response).getStatus());
        } else if (response instanceof ReadSerialDiagnosticsResponse) {
            return String.valueOf(((ReadSerialDiagnosticsResponse) response).getData() & 0xFFFF);
        } else if (response instanceof ReadCommEventCounterResponse) {
            ReadCommEventCounterResponse counter = (ReadCommEventCounterResponse) response;
            return (counter.getStatus() & 0xFFFF) + "," + (counter.getEventCount() & 0xFFFF);
        } else if (response instanceof ReadCommEventLogResponse) {
            ReadCommEventLogResponse log = (ReadCommEventLogResponse) response;
            StringJoiner joined = new StringJoiner(",");
            joined.add(String.valueOf(log.getStatus() & 0xFFFF));
            joined.add(String.valueOf(log.getEventCount() & 0xFFFF));
            joined.add(String.valueOf(log.getMessageCount() & 0xFFFF));
            for (byte one : log.getEvents()) {
                joined.add(String.valueOf(one & 0xFF));
            }
            return joined.toString();
        } else if (response instanceof ReportSlaveIDResponse) {
            ReportSlaveIDResponse report = (ReportSlaveIDResponse) response;
            StringJoiner joined = new StringJoiner(",");
            joined.add(String.valueOf(report.getSlaveID()));
            joined.add("?"); // of the status it tells only whether it is 0
            for (byte one : report.getData()) {
                joined.add(String.valueOf(one & 0xFF));
            }
            return joined.toString();
        } else if (response instanceof ReadFileRecordResponse) {
            ReadFileRecordResponse.RecordResponse record = ((ReadFileRecordResponse) response).getRecord(0);
            return IntStream.range(0, record.getWordCount())
                    .mapToObj(at -> String.valueOf(record.getRegister(at).toUnsignedShort()))
                    .collect(Collectors.joining(","));
        } else if (response instanceof ReadFIFOQueueResponse) {
            return Arrays.stream(((ReadFIFOQueueResponse) response).getRegisters())
                    .mapToObj(String::valueOf)
                    .collect(Collectors.joining(","));
        } else if (response instanceof ReadMEIResponse) {
            ReadMEIResponse found = (ReadMEIResponse) response;
            return IntStream.range(0, found.getFieldCount())
                    .mapToObj(at -> found.getFieldId(at) + "=" + found.getField(at))
                    .collect(Collectors.joining(";"));
        }
        return "";
    }
}
