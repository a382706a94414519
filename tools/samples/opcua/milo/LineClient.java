// usage: LineClient URL LOG FOLDER POLICY MODE

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.*;

import java.security.KeyPair;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.milo.opcua.sdk.client.*;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.*;
import org.eclipse.milo.opcua.stack.core.types.builtin.*;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.*;
import org.eclipse.milo.opcua.stack.core.types.enumerated.*;
import org.eclipse.milo.opcua.stack.core.types.structured.*;
import org.eclipse.milo.opcua.stack.core.util.*;
import org.eclipse.milo.opcua.stack.transport.client.tcp.*;

public final class LineClient {
  static final String URI = "urn:plant:milo:client";
  static final String[] NAMES =
      ("Boolean SByte Byte Int16 UInt16 Int32 UInt32 Int64 UInt64 Float Double NaN Infinity String EmptyString NullString DateTime Guid "
              + "ByteString XmlElement NodeId OpaqueNodeId ExpandedNodeId StatusCode QualifiedName LocalizedText ExtensionObject Range EUInformation "
              + "BooleanArray ByteArray Int16Array Int32Array UInt64Array FloatArray DoubleArray EmptyArray StringArray DateTimeArray ByteStringArray "
              + "LocalizedTextArray ExtensionObjectArray Matrix Cube Fixed Bad Uncertain")
          .split(" ");
  static final UInteger VALUE = uint(13);
  private final OpcUaClient client;
  private final NodeId token;

  private LineClient(OpcUaClient client) throws Exception {
    this.client = client;
    token = client.getSession().getAuthenticationToken();
  }

  /** What the SDK gives to its transport, and what that gives back. */
  static final class Logged extends OpcTcpClientTransport {
    private final LineLog log;
    private final String policy, mode;

    Logged(LineLog log, String policy, String mode) {
      super(OpcTcpClientTransportConfig.newBuilder().setChannelLifetime(uint(4000)).build());
      this.log = log;
      this.policy = policy;
      this.mode = mode;
    }

    @Override
    public CompletableFuture<UaResponseMessageType> sendRequestMessage(UaRequestMessageType request) {
      var line = new LinkedHashMap<String, Object>();
      line.put("start", LineLog.now());
      line.put("end", "");
      var channel = getChannel().join();
      line.put("client", LineLog.address(channel.localAddress()));
      line.put("server", LineLog.address(channel.remoteAddress()));
      line.put("policy", policy);
      line.put("mode", mode);
      line.put("service", LineLog.service(request));
      line.put("request", log.plain(request));
      return super.sendRequestMessage(request).whenComplete((response, failure) -> {
        if (response != null) {
          line.put("end", LineLog.now());
          line.put("answer", response.getClass().getSimpleName());
          line.put("response", log.plain(response));
        } else {
          line.remove("end");
          var cause = failure instanceof java.util.concurrent.CompletionException ? failure.getCause() : failure;
          if (cause instanceof org.eclipse.milo.opcua.stack.core.UaServiceFaultException fault) {
            line.put("end", LineLog.now());
            line.put("answer", "ServiceFault");
            line.put("response", log.plain(fault.getServiceFault()));
          } else line.put("failure", String.valueOf(cause));
        }
        log.write(line);
      });
    }
  }

  private RequestHeader header() {
    return client.newRequestHeader(token, uint(4000));
  }

  private UaResponseMessageType ask(UaRequestMessageType request) {
    try {
      return client.getTransport().sendRequestMessage(request).get(6, TimeUnit.SECONDS);
    } catch (Exception refused) {
      return null;
    }
  }

  private ExtensionObject packed(UaStructuredType structure) {
    return ExtensionObject.encode(client.getStaticEncodingContext(), structure);
  }

  private static NodeId node(String name) {
    return new NodeId(2, name);
  }

  private static ReadValueId value(NodeId node) {
    return new ReadValueId(node, VALUE, null, QualifiedName.NULL_VALUE);
  }

  private void read(TimestampsToReturn times, ReadValueId... what) {
    ask(new ReadRequest(header(), 0.0, times, what));
  }

  private void write(Object... pairs) {
    var values = new WriteValue[pairs.length / 2];
    for (int at = 0; at < values.length; at++)
      values[at] = new WriteValue(node((String) pairs[2 * at]), VALUE, null, DataValue.valueOnly(new Variant(pairs[2 * at + 1])));
    ask(new WriteRequest(header(), values));
  }

  private void attributes() {
    for (int at = 0; at < NAMES.length; at += 12)
      read(TimestampsToReturn.Both, Arrays.stream(NAMES, at, Math.min(at + 12, NAMES.length)).map(name -> value(node("Types." + name))).toArray(ReadValueId[]::new));
    var all = new ReadValueId[27];
    for (int at = 0; at < 27; at++) all[at] = new ReadValueId(node("Line.Pump.Speed"), uint(at + 1), null, QualifiedName.NULL_VALUE);
    read(TimestampsToReturn.Source, all);
    read(TimestampsToReturn.Neither, new ReadValueId(node("Types.Int32Array"), VALUE, "2:4", QualifiedName.NULL_VALUE), value(node("Nobody")));
    read(TimestampsToReturn.Server, value(new NodeId(0, 2255)), value(new NodeId(0, 2256)), value(new NodeId(0, 2258)), value(new NodeId(0, 2260)));
    write("Types.Boolean", false, "Types.SByte", (byte) -7, "Types.Byte", ubyte(7), "Types.Int16", (short) -1234, "Types.UInt16", ushort(1234));
    write("Types.Int32", -123456, "Types.UInt32", uint(123456), "Types.Int64", -(1L << 60), "Types.UInt64", ulong(1L << 60), "Types.Float", 2.5f);
    write("Types.Double", -273.15, "Types.NaN", Double.NaN, "Types.String", "läuft", "Types.DateTime", new DateTime(Instant.parse("2023-07-01T06:05:04.321Z")));
    write("Types.Guid", new UUID(0, 255), "Types.ByteString", ByteString.of(new byte[] {(byte) 0xca, (byte) 0xfe}), "Types.XmlElement", new XmlElement("<off/>"));
    write("Types.NodeId", new NodeId(0, 2258), "Types.QualifiedName", new QualifiedName(1, "Valve"), "Types.LocalizedText", new LocalizedText(null, "Ventil"));
    write("Types.Range", packed(new Range(1.0, 2.0)), "Types.Int32Array", new Integer[] {1, -2, 3}, "Types.StringArray", new String[] {"a", null, ""});
    write("Types.Matrix", Matrix.ofDouble(new Double[][] {{0.5, 1.5, 2.5}, {3.5, 4.5, 5.5}}));
    write("Types.Double", "no number", "Types.Fixed", 43, "Nobody", 1, "Types.Double", 20.25);
  }

  private void views() {
    var everything = new BrowseDescription(node("Line"), BrowseDirection.Both, new NodeId(0, 33), true, uint(0), uint(63));
    var unknown = new BrowseDescription(node("Nobody"), BrowseDirection.Inverse, new NodeId(0, 31), false, uint(0), uint(63));
    var view = new ViewDescription(NodeId.NULL_VALUE, DateTime.MIN_VALUE, uint(0));
    for (int most : new int[] {0, 3}) {
      if (ask(new BrowseRequest(header(), view, uint(most), new BrowseDescription[] {everything, unknown})) instanceof BrowseResponse found) {
        var points = points(found.getResults());
        for (boolean release : new boolean[] {false, false, true})
          if (points.length > 0 && ask(new BrowseNextRequest(header(), release, points)) instanceof BrowseNextResponse next) {
            var more = points(next.getResults());
            points = more.length > 0 ? more : points;
          }
      }
    }
    var path = new ArrayList<RelativePathElement>();
    for (String name : List.of("Line", "Pump", "Speed")) path.add(new RelativePathElement(new NodeId(0, 33), false, true, new QualifiedName(2, name)));
    var good = new BrowsePath(new NodeId(0, 85), new RelativePath(path.toArray(RelativePathElement[]::new)));
    ask(new TranslateBrowsePathsToNodeIdsRequest(header(), new BrowsePath[] {good}));
    ask(new RegisterNodesRequest(header(), new NodeId[] {node("Line.Pump.Speed")}));
    ask(new UnregisterNodesRequest(header(), new NodeId[] {node("Line.Pump.Speed")}));
  }

  private static ByteString[] points(BrowseResult[] results) {
    if (results == null) return new ByteString[0];
    return Arrays.stream(results).map(BrowseResult::getContinuationPoint).filter(one -> one != null && one.isNotNull() && one.length() > 0).toArray(ByteString[]::new);
  }

  private void methods() {
    var numbers = new Variant[] {new Variant(1.5), new Variant(-2.25)};
    ask(new CallRequest(header(), new CallMethodRequest[] {
      new CallMethodRequest(node("Line.Pump"), node("Line.Add"), numbers),
      new CallMethodRequest(node("Line.Pump"), node("Line.Add"), new Variant[] {numbers[0]}),
      new CallMethodRequest(node("Line.Pump"), node("Line.Add"), new Variant[] {new Variant("one"), numbers[1]}),
      new CallMethodRequest(node("Nobody"), node("Line.Add"), numbers),
      new CallMethodRequest(node("Line.Pump"), node("Line.Describe"), new Variant[] {new Variant("Kesselspeisung"), new Variant(new Integer[] {1, 2, -3})}),
    }));
  }

  private void history() {
    var end = DateTime.now();
    var start = new DateTime(end.getJavaInstant().minusSeconds(300));
    var nodes = new HistoryReadValueId[] {new HistoryReadValueId(node("Line.Pump.Speed"), null, QualifiedName.NULL_VALUE, ByteString.NULL_VALUE)};
    var rules = new AggregateConfiguration(true, true, ubyte(100), ubyte(100), false);
    for (var details : new UaStructuredType[] {
      new ReadRawModifiedDetails(false, start, end, uint(5), true), new ReadProcessedDetails(start, end, 1000.0, new NodeId[] {new NodeId(0, 2342)}, rules),
      new ReadAtTimeDetails(new DateTime[] {start, end}, true),
    }) ask(new HistoryReadRequest(header(), packed(details), TimestampsToReturn.Source, false, nodes));
  }

  private void publish(int times, List<SubscriptionAcknowledgement> last) {
    for (int n = 0; n < times; n++) {
      var answer = ask(new PublishRequest(header(), last.toArray(SubscriptionAcknowledgement[]::new)));
      last.clear();
      if (answer instanceof PublishResponse told) {
        var data = told.getNotificationMessage().getNotificationData();
        if (data != null && data.length > 0) last.add(new SubscriptionAcknowledgement(told.getSubscriptionId(), told.getNotificationMessage().getSequenceNumber()));
      }
    }
  }

  private MonitoredItemCreateRequest item(String name, int handle, ExtensionObject filter) {
    var what = filter != null && handle == 204 ? new ReadValueId(node(name), uint(12), null, QualifiedName.NULL_VALUE) : value(node(name));
    return new MonitoredItemCreateRequest(what, MonitoringMode.Reporting, new MonitoringParameters(uint(handle), 50.0, filter, uint(3), true));
  }

  private void subscription() {
    if (!(ask(new CreateSubscriptionRequest(header(), 100.0, uint(60), uint(3), uint(0), true, ubyte(7))) instanceof CreateSubscriptionResponse made)) return;
    var number = made.getSubscriptionId();
    var select = new ArrayList<SimpleAttributeOperand>();
    for (String name : List.of("EventId", "EventType", "SourceName", "Time", "Message", "Severity"))
      select.add(new SimpleAttributeOperand(new NodeId(0, 2041), new QualifiedName[] {new QualifiedName(0, name)}, VALUE, null));
    var events = packed(new EventFilter(select.toArray(SimpleAttributeOperand[]::new), new ContentFilter(null)));
    var dead = packed(new DataChangeFilter(DataChangeTrigger.StatusValue, uint(1), 0.1));
    var items = new ArrayList<>(List.of(item("Line.Pump.Speed", 201, dead), item("Line.Pump.State", 202, null), item("Line.Pump.Trend", 203, null), item("Nobody", 205, null), item("Line", 204, events)));
    for (int tag = 0; tag < 25; tag++) items.add(item(String.format("Line.Tag%02d", tag), 300 + tag, null));
    if (!(ask(new CreateMonitoredItemsRequest(header(), number, TimestampsToReturn.Both, items.toArray(MonitoredItemCreateRequest[]::new))) instanceof CreateMonitoredItemsResponse created)) return;
    var ids = Arrays.stream(created.getResults()).map(MonitoredItemCreateResult::getMonitoredItemId).toArray(UInteger[]::new);
    var last = new ArrayList<SubscriptionAcknowledgement>();
    publish(5, last);
    ask(new SetMonitoringModeRequest(header(), number, MonitoringMode.Sampling, new UInteger[] {ids[2], uint(4711)}));
    ask(new SetTriggeringRequest(header(), number, ids[0], new UInteger[] {ids[2]}, new UInteger[] {uint(4711)}));
    var changed = new MonitoredItemModifyRequest(ids[0], new MonitoringParameters(uint(211), 100.0, null, uint(5), false));
    ask(new ModifyMonitoredItemsRequest(header(), number, TimestampsToReturn.Source, new MonitoredItemModifyRequest[] {changed}));
    publish(3, last);
    ask(new ModifySubscriptionRequest(header(), number, 150.0, uint(90), uint(2), uint(10), ubyte(3)));
    ask(new RepublishRequest(header(), number, uint(1)));
    ask(new RepublishRequest(header(), number, uint(999999)));
    ask(new DeleteMonitoredItemsRequest(header(), number, ids));
    publish(3, last);
    ask(new SetPublishingModeRequest(header(), false, new UInteger[] {number, uint(4711)}));
    ask(new TransferSubscriptionsRequest(header(), new UInteger[] {uint(4711)}, true));
    ask(new CancelRequest(header(), uint(7)));
    ask(new DeleteSubscriptionsRequest(header(), new UInteger[] {number, uint(4711)}));
  }

  public static void main(String[] given) throws Exception {
    Security.addProvider(new org.bouncycastle.jce.provider.BouncyCastleProvider());
    String url = given[0], name = given[3], mode = given[4];
    KeyPair keys = SelfSignedCertificateGenerator.generateRsaKeyPair(2048);
    X509Certificate certificate = new SelfSignedCertificateBuilder(keys).setCommonName("Line viewer").setOrganization("Northwater").setApplicationUri(URI).build();
    var policy = Arrays.stream(SecurityPolicy.values()).filter(one -> LineLog.policy(one).equals(name)).findFirst().orElseThrow();
    EndpointDescription endpoint = DiscoveryClient.getEndpoints(url).get().stream()
        .filter(one -> one.getSecurityPolicyUri().equals(policy.getUri()) && one.getSecurityMode() == MessageSecurityMode.valueOf(mode) && one.getTransportProfileUri().endsWith("uatcp-uasc-uabinary"))
        .findFirst().orElseThrow();
    var log = new LineLog(given[1]);
    var config = OpcUaClientConfig.builder().setApplicationName(LocalizedText.english("Line viewer")).setApplicationUri(URI).setProductUri("urn:plant:viewer")
        .setEndpoint(endpoint).setKeyPair(keys).setCertificate(certificate).setCertificateChain(new X509Certificate[] {certificate})
        .setCertificateValidator((chain, uri, host) -> {}).setSessionName(() -> "Line viewer 1").build();
    var client = new OpcUaClient(config, new Logged(log, name, mode));
    log.context = client.getStaticEncodingContext();
    client.connect();
    var viewer = new LineClient(client);
    viewer.ask(new FindServersRequest(viewer.header(), url, new String[] {"en", "de-AT"}, null));
    viewer.ask(new GetEndpointsRequest(viewer.header(), url, new String[] {"en"}, null));
    viewer.attributes();
    viewer.views();
    viewer.methods();
    viewer.history();
    viewer.subscription();
    client.disconnect();
    System.exit(0);
  }
}
