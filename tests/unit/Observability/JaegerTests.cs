using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit;

/// <summary>Jaeger's configuration, which its chart mounts in a way that a running pod never sees a change of it.</summary>
public class JaegerTests
{
    [Fact]
    public async Task The_pod_bears_a_checksum_of_all_of_its_configuration()
    {
        var jaeger = await SeenStack.ReleaseAsync("jaeger");

        var lines = string.Join('\n', Lines("", jaeger.At("values.userconfig")!).Order(StringComparer.Ordinal));
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)))[..32];
        AssertJson.Equal($$"""{"gopher-mesh/configuration":"{{checksum}}"}""", jaeger.At("values.jaeger.podLabels"));
        Assert.Contains(".extensions.jaeger_storage.backends.memory.memory.max_traces=20000", lines, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Lines(string path, JsonNode node) => node switch
    {
        JsonObject map => map.SelectMany(member => Lines($"{path}.{member.Key}", member.Value!)),
        JsonArray list => list.SelectMany((element, index) => Lines($"{path}.{index}", element!)),

        // As .NET writes a boolean.
        _ when node.GetValueKind() is JsonValueKind.True or JsonValueKind.False => [$"{path}={(bool)node}"],
        _ => [$"{path}={node}"],
    };
}
