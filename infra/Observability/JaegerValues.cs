using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GopherMesh.Infra.Helm;

namespace GopherMesh.Infra.Observability;

/// <summary>
/// What the stack changes in the values of the chart <c>jaeger</c>: one pod with all of Jaeger, that keeps the last traces in memory.
/// Traces show what happens now; they are lost with the pod.
/// </summary>
internal static class JaegerValues
{
    /// <summary>Name of the Service.</summary>
    public const string Service = "jaeger";

    /// <summary>Port of the user interface and of the API behind it.</summary>
    public const int QueryPort = 16686;

    /// <summary>Port that takes spans as OTLP over gRPC.</summary>
    public const int OtlpPort = 4317;

    private const int ImageUser = 10001;

    // A trace of three services with their proxies is 19 to 24 kB. Measured with Jaeger 1.76 and its tracegen, 5,000 traces of 8 spans with 20
    // attributes: 190 MB resident; with 60 attributes 377 MB.
    private const int MostTraces = 5_000;

    private const int MemoryMiB = 512;

    private const string Storage = "memory";

    public static Map All()
    {
        var configuration = Configuration();
        return new()
        {
            ["fullnameOverride"] = Service,
            ["jaeger"] = new Map
            {
                ["service"] = new Map { ["type"] = "ClusterIP" },
                ["serviceAccount"] = new Map { ["automountServiceAccountToken"] = false },
                ["podSecurityContext"] = PodSecurity.Pod(ImageUser),
                ["securityContext"] = PodSecurity.Container(),
                ["resources"] = PodSecurity.Resources("100m", "256Mi", $"{MemoryMiB}Mi"),

                // Go collects its garbage more often near this bound, instead of growing to twice of what is in use.
                ["extraEnv"] = new object[] { new Map { ["name"] = "GOMEMLIMIT", ["value"] = $"{MemoryMiB * 4 / 5}MiB" } },

                // The chart mounts the configuration by subPath, where a change never arrives, and takes no annotations for the pod.
                ["podLabels"] = new Map { ["gopher-mesh/configuration"] = Checksum.Of(configuration) },
            },
            ["userconfig"] = configuration,
        };
    }

    private static Map Configuration() => new()
    {
        ["service"] = new Map
        {
            ["extensions"] = new object[] { "jaeger_storage", "jaeger_query", "healthcheckv2" },
            ["pipelines"] = new Map
            {
                ["traces"] = new Map
                {
                    ["receivers"] = new object[] { "otlp" },
                    ["processors"] = new object[] { "memory_limiter" },
                    ["exporters"] = new object[] { "jaeger_storage_exporter" },
                },
            },

            // The chart annotates the pod for a scrape of this port; by itself Jaeger would serve it on loopback only.
            ["telemetry"] = new Map { ["metrics"] = new Map { ["readers"] = new object[] { Metrics() } } },
        },
        ["extensions"] = new Map
        {
            ["jaeger_storage"] = new Map
            {
                ["backends"] = new Map { [Storage] = new Map { ["memory"] = new Map { ["max_traces"] = MostTraces } } },
            },
            ["jaeger_query"] = new Map { ["storage"] = new Map { ["traces"] = Storage } },
            ["healthcheckv2"] = new Map { ["use_v2"] = true, ["http"] = Listen(13133) },
        },
        ["receivers"] = new Map
        {
            ["otlp"] = new Map { ["protocols"] = new Map { ["grpc"] = Listen(OtlpPort), ["http"] = Listen(4318) } },
        },

        // Refuses spans while memory is short: to lose some is better than to be killed and lose all.
        ["processors"] = new Map
        {
            ["memory_limiter"] = new Map
            {
                ["check_interval"] = "1s",
                ["limit_mib"] = MemoryMiB * 9 / 10,
                ["spike_limit_mib"] = MemoryMiB / 10,
            },
        },
        ["exporters"] = new Map { ["jaeger_storage_exporter"] = new Map { ["trace_storage"] = Storage } },
    };

    private static Map Metrics() => new()
    {
        ["pull"] = new Map { ["exporter"] = new Map { ["prometheus"] = new Map { ["host"] = "0.0.0.0", ["port"] = 8888 } } },
    };

    private static Map Listen(int port) => new() { ["endpoint"] = $"0.0.0.0:{port}" };
}

/// <summary>A checksum that changes with the configuration and fits into a label of at most 63 characters.</summary>
internal static class Checksum
{
    /// <summary>The first half of the SHA-256 of a line for each value, as <c>.map.list.0=value</c>, in the order of the lines.</summary>
    public static string Of(Map configuration)
    {
        var lines = string.Join('\n', Lines("", configuration).Order(StringComparer.Ordinal));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)))[..32];
    }

    private static IEnumerable<string> Lines(string path, object value) => value switch
    {
        Map map => map.SelectMany(member => Lines($"{path}.{member.Key}", member.Value)),
        object[] list => list.SelectMany((element, index) => Lines($"{path}.{index}", element)),
        _ => [string.Create(CultureInfo.InvariantCulture, $"{path}={value}")],
    };
}
