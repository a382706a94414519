// Milo's own account of every message, in the form of ../README.md.

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.milo.opcua.stack.core.encoding.EncodingContext;
import org.eclipse.milo.opcua.stack.core.security.SecurityPolicy;
import org.eclipse.milo.opcua.stack.core.types.UaEnumeratedType;
import org.eclipse.milo.opcua.stack.core.types.UaStructuredType;
import org.eclipse.milo.opcua.stack.core.types.builtin.*;

final class LineLog {
  private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);
  private final PrintWriter file;
  EncodingContext context;

  LineLog(String path) throws IOException {
    file = new PrintWriter(path, StandardCharsets.UTF_8);
  }

  static String now() {
    return moment(Instant.now(), 6);
  }

  static String moment(Instant when, int digits) {
    String fraction = String.format("%09d", when.getNano()).substring(0, digits);
    return SECONDS.format(when) + "." + fraction + "Z";
  }

  static String address(SocketAddress address) {
    var inet = (InetSocketAddress) address;
    return inet.getAddress().getHostAddress() + ":" + inet.getPort();
  }

  static String policy(SecurityPolicy policy) {
    return policy.getUri().replaceAll(".*#", "");
  }

  static String service(Object message) {
    return message.getClass().getSimpleName().replaceAll("(Request)$", "");
  }

  synchronized void write(Map<String, Object> line) {
    var text = new StringBuilder();
    json(text, line);
    file.println(text);
    file.flush();
  }

  private static String nodeId(Object identifier, String before) {
    if (identifier instanceof ByteString bytes) return before + "b=" + Base64.getEncoder().encodeToString(bytes.bytesOrEmpty());
    String kind = identifier instanceof UUID ? "g" : identifier instanceof String ? "s" : "i";
    return before + kind + "=" + identifier;
  }

  private static String expanded(ExpandedNodeId id) {
    var server = id.isLocal() ? "" : "svr=" + id.getServerIndex() + ";";
    if (id.isAbsolute()) return nodeId(id.getIdentifier(), server + "nsu=" + id.getNamespaceUri() + ";");
    int index = id.getNamespaceIndex().intValue();
    return nodeId(id.getIdentifier(), server + (index == 0 ? "" : "ns=" + index + ";"));
  }

  private static Object number(double value) {
    if (Double.isNaN(value)) return "NaN";
    if (Double.isInfinite(value)) return value > 0 ? "Infinity" : "-Infinity";
    return value;
  }

  Object plain(Object value) {
    if (value == null || value instanceof Boolean || value instanceof String) return value;
    if (value instanceof Float || value instanceof Double) return number(((Number) value).doubleValue());
    if (value instanceof Number) return new java.math.BigInteger(value.toString());
    if (value instanceof UUID) return value.toString();
    if (value instanceof ByteString bytes) return bytes.isNull() ? null : HexFormat.of().formatHex(bytes.bytesOrEmpty());
    if (value instanceof XmlElement xml) return xml.getFragment();
    if (value instanceof DateTime time) return moment(time.getJavaInstant(), 7);
    if (value instanceof StatusCode status) return status.getValue() & 0xffffffffL;
    if (value instanceof NodeId id) return nodeId(id.getIdentifier(), id.getNamespaceIndex().intValue() == 0 ? "" : "ns=" + id.getNamespaceIndex() + ";");
    if (value instanceof ExpandedNodeId id) return expanded(id);
    if (value instanceof UaEnumeratedType kind) return kind.getValue();
    if (value instanceof QualifiedName name) return members("NamespaceIndex", name.getNamespaceIndex(), "Name", name.getName());
    if (value instanceof LocalizedText text) return members("Locale", text.getLocale(), "Text", text.getText());
    if (value instanceof Variant variant) return variant(variant);
    if (value instanceof DataValue data) return members("Value", data.getValue(), "StatusCode", data.getStatusCode(), "SourceTimestamp", data.getSourceTime(),
        "SourcePicoseconds", data.getSourcePicoseconds(), "ServerTimestamp", data.getServerTime(), "ServerPicoseconds", data.getServerPicoseconds());
    if (value instanceof DiagnosticInfo info) return diagnostic(info);
    if (value instanceof ExtensionObject extension) return extension(extension);
    if (value instanceof UaStructuredType structure) return structure(structure);
    if (value.getClass().isArray()) {
      var list = new ArrayList<Object>();
      for (int at = 0; at < Array.getLength(value); at++) list.add(plain(Array.get(value, at)));
      return list;
    }
    if (value instanceof OptionSetUInteger<?> set) return plain(set.getValue());
    throw new IllegalArgumentException(value.getClass().getName());
  }

  private Map<String, Object> members(Object... pairs) {
    var told = new LinkedHashMap<String, Object>();
    for (int at = 0; at < pairs.length; at += 2) {
      Object one = plain(pairs[at + 1]);
      if (one != null) told.put((String) pairs[at], one);
    }
    return told;
  }

  private Object variant(Variant variant) {
    if (variant.isNull()) return Map.of("Type", "Null");
    var told = new LinkedHashMap<String, Object>();
    told.put("Type", variant.getDataType().map(Enum::name).orElse("ExtensionObject"));
    Object value = variant.getValue();
    if (value instanceof Matrix matrix) {
      told.put("Value", plain(matrix.getElements()));
      told.put("Dimensions", plain(matrix.getDimensions()));
    } else {
      Object one = plain(value);
      if (one != null) told.put("Value", one);
    }
    return told;
  }

  // Milo has no word for a number that is not there: it is -1.
  private Object diagnostic(DiagnosticInfo info) {
    var told = new LinkedHashMap<String, Object>();
    if (info.symbolicId() >= 0) told.put("SymbolicId", info.symbolicId());
    if (info.namespaceUri() >= 0) told.put("NamespaceURI", info.namespaceUri());
    if (info.locale() >= 0) told.put("Locale", info.locale());
    if (info.localizedText() >= 0) told.put("LocalizedText", info.localizedText());
    told.putAll(members("AdditionalInfo", info.additionalInfo(), "InnerStatusCode", info.innerStatusCode(), "InnerDiagnosticInfo", info.innerDiagnosticInfo()));
    return told;
  }

  private Object extension(ExtensionObject extension) {
    if (extension.isNull()) return null;
    try {
      var structure = extension.decode(context);
      var told = new LinkedHashMap<String, Object>();
      told.put("$type", structure.getClass().getSimpleName());
      told.putAll(structure(structure));
      return told;
    } catch (RuntimeException unknown) {
      return members("$type", extension.getEncodingOrTypeId(), "Body", extension.getBody());
    }
  }

  private Map<String, Object> structure(UaStructuredType structure) {
    var levels = new ArrayDeque<Class<?>>();
    for (Class<?> level = structure.getClass(); level != Object.class; level = level.getSuperclass()) levels.push(level);
    var told = new LinkedHashMap<String, Object>();
    for (Class<?> level : levels)
      for (Field field : level.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers())) continue;
        try {
          field.setAccessible(true);
          Object one = plain(field.get(structure));
          if (one != null) told.put(field.getName().substring(0, 1).toUpperCase() + field.getName().substring(1), one);
        } catch (IllegalAccessException impossible) {
          throw new IllegalStateException(impossible);
        }
      }
    return told;
  }

  private static void json(StringBuilder out, Object value) {
    if (value instanceof Map<?, ?> map) {
      String before = "{";
      if (map.isEmpty()) out.append('{');
      for (var entry : map.entrySet()) {
        out.append(before);
        text(out, (String) entry.getKey());
        out.append(':');
        json(out, entry.getValue());
        before = ",";
      }
      out.append('}');
    } else if (value instanceof List<?> list) {
      out.append('[');
      for (int at = 0; at < list.size(); at++) {
        if (at > 0) out.append(',');
        json(out, list.get(at));
      }
      out.append(']');
    } else if (value instanceof String string) text(out, string);
    else out.append(value);
  }

  private static void text(StringBuilder out, String value) {
    out.append('"');
    for (char one : value.toCharArray())
      if (one == '"' || one == '\\') out.append('\\').append(one);
      else if (one < 0x20) out.append(String.format("\\u%04x", (int) one));
      else out.append(one);
    out.append('"');
  }
}
