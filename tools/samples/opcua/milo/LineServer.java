// usage: LineServer HOST PORT LOG FOLDER

import static org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.Unsigned.*;

import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.*;
import java.util.concurrent.*;
import org.eclipse.milo.opcua.sdk.core.AccessLevel;
import org.eclipse.milo.opcua.sdk.core.Reference;
import org.eclipse.milo.opcua.sdk.server.*;
import org.eclipse.milo.opcua.sdk.server.identity.*;
import org.eclipse.milo.opcua.sdk.server.items.*;
import org.eclipse.milo.opcua.sdk.server.methods.AbstractMethodInvocationHandler;
import org.eclipse.milo.opcua.sdk.server.nodes.*;
import org.eclipse.milo.opcua.sdk.server.util.SubscriptionModel;
import org.eclipse.milo.opcua.stack.core.*;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.security.*;
import org.eclipse.milo.opcua.stack.core.transport.TransportProfile;
import org.eclipse.milo.opcua.stack.core.types.*;
import org.eclipse.milo.opcua.stack.core.types.builtin.*;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.*;
import org.eclipse.milo.opcua.stack.core.types.enumerated.*;
import org.eclipse.milo.opcua.stack.core.types.structured.*;
import org.eclipse.milo.opcua.stack.core.util.*;
import org.eclipse.milo.opcua.stack.transport.server.*;
import org.eclipse.milo.opcua.stack.transport.server.tcp.*;

public final class LineServer {
  static final String URI = "urn:plant:milo:server", NAMESPACE = "http://plant.example/line";
  static final Map<String, String> PASSWORDS = Map.of("operator", "pump-4711", "admin", "valve-0815");
  static final Instant WHEN = Instant.parse("2024-02-29T12:34:56.789012Z");

  /** What the transport hands to the SDK, and what it gets back. */
  record Logged(ServerApplicationContext inner, LineLog log, String address) implements ServerApplicationContext {
    public List<EndpointDescription> getEndpointDescriptions() { return inner.getEndpointDescriptions(); }
    public CertificateManager getCertificateManager() { return inner.getCertificateManager(); }
    public EncodingContext getEncodingContext() { return inner.getEncodingContext(); }
    public Long getNextSecureChannelId() { return inner.getNextSecureChannelId(); }
    public Long getNextSecureChannelTokenId() { return inner.getNextSecureChannelTokenId(); }

    public CompletableFuture<UaResponseMessageType> handleServiceRequest(ServiceRequestContext context, UaRequestMessageType request) {
      var line = new LinkedHashMap<String, Object>();
      var channel = context.getSecureChannel();
      line.put("start", LineLog.now());
      line.put("end", "");
      line.put("client", LineLog.address(context.getChannel().remoteAddress()));
      line.put("server", address);
      line.put("policy", LineLog.policy(channel.getSecurityPolicy()));
      line.put("mode", channel.getMessageSecurityMode().name());
      line.put("channel", channel.getChannelId());
      line.put("service", LineLog.service(request));
      line.put("request", log.plain(request));
      return inner.handleServiceRequest(context, request).whenComplete((response, failure) -> {
        line.put("end", LineLog.now());
        if (response != null) {
          line.put("answer", response.getClass().getSimpleName());
          line.put("response", log.plain(response));
        } else {
          var cause = failure instanceof CompletionException ? failure.getCause() : failure;
          line.put("answer", "ServiceFault");
          line.put("response", Map.of("ResponseHeader", Map.of("ServiceResult", UaException.extractStatusCode(cause).orElse(StatusCode.BAD).getValue() & 0xffffffffL)));
        }
        log.write(line);
      });
    }
  }

  static final class Line extends ManagedNamespaceWithLifecycle {
    private final SubscriptionModel subscriptions;
    private final Map<String, UaVariableNode> moving = new HashMap<>();

    Line(OpcUaServer server) {
      super(server, NAMESPACE);
      subscriptions = new SubscriptionModel(server, this);
      getLifecycleManager().addLifecycle(subscriptions);
      getLifecycleManager().addStartupTask(this::fill);
    }

    public void onDataItemsCreated(List<DataItem> items) { subscriptions.onDataItemsCreated(items); }
    public void onDataItemsModified(List<DataItem> items) { subscriptions.onDataItemsModified(items); }
    public void onDataItemsDeleted(List<DataItem> items) { subscriptions.onDataItemsDeleted(items); }
    public void onMonitoringModeChanged(List<MonitoredItem> items) { subscriptions.onMonitoringModeChanged(items); }

    private UaVariableNode variable(UaNode parent, String id, String name, Object value, boolean isWritable) {
      var content = new Variant(value);
      int rank = value instanceof Matrix matrix ? matrix.getDimensions().length : value != null && value.getClass().isArray() ? 1 : -1;
      var access = isWritable ? AccessLevel.READ_WRITE : AccessLevel.READ_ONLY;
      var type = content.getDataType().map(OpcUaDataType::getNodeId).orElse(NodeIds.BaseDataType);
      var dimensions = value instanceof Matrix matrix ? Arrays.stream(matrix.getDimensions()).mapToObj(one -> uint(one)).toArray(UInteger[]::new) : null;
      var node = new UaVariableNode.UaVariableNodeBuilder(getNodeContext()).setNodeId(newNodeId(id)).setBrowseName(newQualifiedName(name))
          .setDisplayName(LocalizedText.english(name)).setDataType(type).setValueRank(rank).setArrayDimensions(dimensions).setTypeDefinition(NodeIds.BaseDataVariableType)
          .setAccessLevel(access).setUserAccessLevel(access).setValue(new DataValue(content)).build();
      getNodeManager().addNode(node);
      parent.addReference(new Reference(parent.getNodeId(), NodeIds.HasComponent, node.getNodeId().expanded(), true));
      return node;
    }

    private UaObjectNode object(String id, String name, NodeId parent, NodeId reference) {
      var node = UaObjectNode.builder(getNodeContext()).setNodeId(newNodeId(id)).setBrowseName(newQualifiedName(name)).setDisplayName(LocalizedText.english(name))
          .setTypeDefinition(NodeIds.BaseObjectType).setEventNotifier(ubyte(id.equals("Line") ? 1 : 0)).build();
      getNodeManager().addNode(node);
      node.addReference(new Reference(node.getNodeId(), reference, parent.expanded(), false));
      return node;
    }

    private ExtensionObject packed(UaStructuredType structure) {
      return ExtensionObject.encode(getServer().getStaticEncodingContext(), structure);
    }

    private Map<String, Object> values() {
      var all = new LinkedHashMap<String, Object>();
      var guid = UUID.fromString("72962b91-fa75-4ae6-8d28-b404dc7daf63");
      var bytes = new byte[16];
      for (int at = 0; at < 16; at++) bytes[at] = (byte) at;
      var celsius = new EUInformation("http://www.opcfoundation.org/UA/units/un/cefact", 4408652, new LocalizedText(null, "°C"), LocalizedText.english("degree Celsius"));
      Object[] pairs = {
        "Boolean", true, "SByte", (byte) -128, "Byte", ubyte(255), "Int16", Short.MIN_VALUE, "UInt16", ushort(65535), "Int32", Integer.MIN_VALUE,
        "UInt32", uint(4294967295L), "Int64", Long.MIN_VALUE, "UInt64", ulong(-1L), "Float", -0.15625f, "Double", Math.PI, "NaN", Double.NaN,
        "Infinity", Float.NEGATIVE_INFINITY, "String", "Füllstand Behälter ② größer", "EmptyString", "", "DateTime", new DateTime(WHEN), "Guid", guid,
        "ByteString", ByteString.of(bytes), "XmlElement", new XmlElement("<pump id='4'>on</pump>"), "NodeId", new NodeId(2, guid),
        "OpaqueNodeId", new NodeId(2, ByteString.of(new byte[] {1, 2, (byte) 255})), "StatusCode", new StatusCode(StatusCodes.Bad_OutOfRange),
        "ExpandedNodeId", ExpandedNodeId.parse("svr=3;nsu=urn:other;s=Pump"), "QualifiedName", new QualifiedName(2, "Pump"), "LocalizedText", new LocalizedText("de-AT", "Pumpe"),
        "ExtensionObject", packed(new Argument("speed", NodeIds.Double, -1, null, null)), "Range", packed(new Range(-5.5, 150.0)), "EUInformation", packed(celsius),
        "BooleanArray", new Boolean[] {true, false, true}, "ByteArray", new UByte[] {ubyte(0), ubyte(127), ubyte(255)}, "Int16Array", new Short[] {-1, 0, 1},
        "Int32Array", java.util.stream.IntStream.range(-20, 20).boxed().toArray(Integer[]::new), "UInt64Array", new ULong[] {ulong(0), ulong(-1L)},
        "FloatArray", new Float[] {0.5f, -0.25f}, "DoubleArray", new Double[] {1.5, -2.25, Double.POSITIVE_INFINITY}, "EmptyArray", new Double[] {},
        "StringArray", new String[] {"RUN", "", null, "STÖRUNG"}, "DateTimeArray", new DateTime[] {new DateTime(WHEN), DateTime.MIN_VALUE},
        "ByteStringArray", new ByteString[] {ByteString.of(new byte[] {0, 1}), ByteString.of(new byte[0]), ByteString.NULL_VALUE},
        "LocalizedTextArray", new LocalizedText[] {LocalizedText.english("on"), new LocalizedText("de", "aus")},
        "ExtensionObjectArray", new ExtensionObject[] {packed(new Range(0.0, 1.0)), packed(new Range(-1.0, 2.0))},
        "VariantArray", new Variant[] {new Variant((short) 7), new Variant("seven"), new Variant(new Double[] {7.0})},
        "Matrix", Matrix.ofDouble(new Double[][] {{1.0, 2.0, 3.0}, {-4.0, -5.0, -6.0}}),
        "Cube", Matrix.ofInt32(new Integer[][][] {{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}),
      };
      for (int at = 0; at < pairs.length; at += 2) all.put((String) pairs[at], pairs[at + 1]);
      return all;
    }

    private void method(UaNode parent, String id, String name, Argument[] inputs, Argument[] outputs, java.util.function.Function<Variant[], Variant[]> body) {
      var node = UaMethodNode.builder(getNodeContext()).setNodeId(newNodeId(id)).setBrowseName(newQualifiedName(name)).setDisplayName(LocalizedText.english(name)).build();
      node.setInputArguments(inputs);
      node.setOutputArguments(outputs);
      node.setInvocationHandler(new AbstractMethodInvocationHandler(node) {
        public Argument[] getInputArguments() { return inputs; }
        public Argument[] getOutputArguments() { return outputs; }
        protected Variant[] invoke(InvocationContext context, Variant[] given) { return body.apply(given); }
      });
      getNodeManager().addNode(node);
      node.addReference(new Reference(node.getNodeId(), NodeIds.HasComponent, parent.getNodeId().expanded(), false));
    }

    private static Argument argument(String name, NodeId type, int rank) {
      return new Argument(name, type, rank, null, LocalizedText.english(name));
    }

    private void fill() {
      var line = object("Line", "Line", NodeIds.ObjectsFolder, NodeIds.Organizes);
      var types = object("Types", "Types", line.getNodeId(), NodeIds.HasComponent);
      values().forEach((name, value) -> variable(types, "Types." + name, name, value, true));
      variable(types, "Types.Fixed", "Fixed", 42, false);
      for (var bad : Map.of("Bad", StatusCodes.Bad_SensorFailure, "Uncertain", StatusCodes.Uncertain_LastUsableValue).entrySet())
        variable(types, "Types." + bad.getKey(), bad.getKey(), 1.25, false).setValue(new DataValue(new Variant(1.25), new StatusCode(bad.getValue()), new DateTime(WHEN)));
      var pump = object("Line.Pump", "Pump", line.getNodeId(), NodeIds.HasComponent);
      moving.put("Speed", variable(pump, "Line.Pump.Speed", "Speed", 1000.5, true));
      moving.put("State", variable(pump, "Line.Pump.State", "State", "RUN", true));
      moving.put("Trend", variable(pump, "Line.Pump.Trend", "Trend", new Double[] {0.0, 0.0, 0.0}, true));
      for (int tag = 0; tag < 30; tag++) variable(line, String.format("Line.Tag%02d", tag), String.format("Tag%02d", tag), tag * 1.5, false);
      var twice = new Argument[] {argument("one", NodeIds.Double, -1), argument("other", NodeIds.Double, -1)};
      method(pump, "Line.Add", "Add", twice, new Argument[] {argument("sum", NodeIds.Double, -1)},
          given -> new Variant[] {new Variant((Double) given[0].getValue() + (Double) given[1].getValue())});
      var described = new Argument[] {argument("name", NodeIds.String, -1), argument("values", NodeIds.Int32, 1)};
      method(pump, "Line.Describe", "Describe", described, new Argument[] {argument("text", NodeIds.String, -1), argument("sum", NodeIds.Int32, -1)}, given -> {
        var numbers = (Integer[]) given[1].getValue();
        return new Variant[] {new Variant(given[0].getValue() + ": " + numbers.length + " values"), new Variant(Arrays.stream(numbers).mapToInt(one -> one).sum())};
      });
    }

    void step(int n) {
      moving.get("Speed").setValue(new DataValue(new Variant(1000.5 + n * 0.25)));
      moving.get("State").setValue(new DataValue(new Variant(List.of("RUN", "STOP", "STÖRUNG").get(n % 3))));
      moving.get("Trend").setValue(new DataValue(new Variant(new Double[] {(double) n, -n * 0.5, n * n * 0.125})));
      if (n % 4 == 0) fire(n);
    }

    private void fire(int n) {
      try {
        var event = getServer().getEventFactory().createEvent(newNodeId("Event" + n), NodeIds.BaseEventType);
        event.setBrowseName(newQualifiedName("PumpEvent"));
        event.setDisplayName(LocalizedText.english("PumpEvent"));
        event.setEventId(ByteString.of(new byte[] {0, 1, 2, (byte) n}));
        event.setEventType(NodeIds.BaseEventType);
        event.setSourceNode(newNodeId("Line"));
        event.setSourceName("Line");
        event.setTime(DateTime.now());
        event.setReceiveTime(DateTime.NULL_VALUE);
        event.setMessage(new LocalizedText("de", "Druck hoch " + n));
        event.setSeverity(ushort(500));
        getServer().getEventNotifier().fire(event);
        event.delete();
      } catch (UaException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }

  public static void main(String[] given) throws Exception {
    Security.addProvider(new org.bouncycastle.jce.provider.BouncyCastleProvider());
    String host = given[0];
    int port = Integer.parseInt(given[1]);
    KeyPair keys = SelfSignedCertificateGenerator.generateRsaKeyPair(2048);
    X509Certificate certificate = new SelfSignedCertificateBuilder(keys).setCommonName("Line server").setOrganization("Northwater").setApplicationUri(URI).addIpAddress(host).build();
    var factory = new CertificateFactory() {
      public KeyPair createKeyPair(NodeId type) { return keys; }
      public X509Certificate[] createCertificateChain(NodeId type, KeyPair pair) { return new X509Certificate[] {certificate}; }
      public ByteString createSigningRequest(NodeId type, KeyPair pair, org.bouncycastle.asn1.x500.X500Name name, String uri, List<String> names, List<String> addresses) { return null; }
    };
    var group = DefaultApplicationGroup.createAndInitialize(new MemoryTrustListManager(), new MemoryCertificateStore(), factory, (chain, uri, names) -> {});
    var endpoints = new LinkedHashSet<EndpointConfig>();
    var policies = List.of(SecurityPolicy.None, SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes128_Sha256_RsaOaep, SecurityPolicy.Aes256_Sha256_RsaPss);
    for (var policy : policies)
      for (var mode : MessageSecurityMode.values())
        if (mode != MessageSecurityMode.Invalid && (policy == SecurityPolicy.None) == (mode == MessageSecurityMode.None))
          for (String path : policy == SecurityPolicy.None ? List.of("/line", "/line/discovery") : List.of("/line"))
            endpoints.add(EndpointConfig.newBuilder().setTransportProfile(TransportProfile.TCP_UASC_UABINARY).setBindAddress("0.0.0.0").setBindPort(port).setHostname(host)
                .setPath(path).setCertificate(certificate).setSecurityPolicy(policy).setSecurityMode(mode)
                .addTokenPolicies(new UserTokenPolicy("anonymous", UserTokenType.Anonymous, null, null, null),
                    new UserTokenPolicy("username", UserTokenType.UserName, null, null, SecurityPolicy.Basic256Sha256.getUri())).build());
    var names = new UsernameIdentityValidator(challenge -> challenge.getPassword().equals(PASSWORDS.get(challenge.getUsername())));
    var build = new BuildInfo("urn:plant:line", "Northwater", "Line server", "1.4.2", "77", new DateTime(WHEN));
    var config = OpcUaServerConfig.builder().setApplicationName(LocalizedText.english("Line server (Milo)")).setApplicationUri(URI).setProductUri("urn:plant:line").setEndpoints(endpoints)
        .setBuildInfo(build).setCertificateManager(new DefaultCertificateManager(new MemoryCertificateQuarantine(), group))
        .setIdentityValidator(new CompositeValidator(AnonymousIdentityValidator.INSTANCE, names)).build();
    var log = new LineLog(given[2]);
    var server = new OpcUaServer(config, profile -> new OpcTcpServerTransport(OpcTcpServerTransportConfig.newBuilder().build()) {
      @Override
      public synchronized void bind(ServerApplicationContext context, InetSocketAddress address) throws Exception {
        super.bind(new Logged(context, log, host + ":" + port), address);
      }
    });
    log.context = server.getStaticEncodingContext();
    var line = new Line(server);
    line.startup();
    server.startup().get();
    System.out.println("listening");
    for (int n = 0; ; n++) {
      Thread.sleep(200);
      line.step(n);
    }
  }
}
