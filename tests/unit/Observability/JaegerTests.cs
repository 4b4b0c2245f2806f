using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit;

/// <summary>Jaeger's configuration, which its chart mounts so that a running pod never sees a change.</summary>
public class JaegerTests
{
    [Fact]
    public async Task The_pod_has_a_checksum_of_all_of_its_configuration()
    {
        var jaeger = await SeenStack.ReleaseAsync("jaeger");

        var lines = string.Join('\n', Lines("", jaeger.At("values.userconfig")!).Order(StringComparer.Ordinal));
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)))[..32];
        AssertJson.Equal($$"""{"gopher-mesh/configuration":"{{checksum}}"}""", jaeger.At("values.jaeger.podLabels"));
        Assert.Contains(".extensions.jaeger_storage.backends.memory.memory.max_traces=5000", lines, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_spans_before_its_memory_is_used_up()
    {
        var values = (await SeenStack.ReleaseAsync("jaeger")).At("values")!;

        Assert.Equal("512Mi", (string?)values["jaeger"]!["resources"]!["limits"]!["memory"]);
        AssertJson.Equal("""[{"name":"GOMEMLIMIT","value":"409MiB"}]""", values["jaeger"]!["extraEnv"]);
        AssertJson.Equal(
            """{"check_interval":"1s","limit_mib":460,"spike_limit_mib":51}""", values["userconfig"]!["processors"]!["memory_limiter"]);
        AssertJson.Equal("""["memory_limiter"]""", values["userconfig"]!["service"]!["pipelines"]!["traces"]!["processors"]);
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
