using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Rehearse.Workloads;

namespace GopherMesh.Gopherctl.Rehearse.Pods;

/// <summary>The environment of a container: the declared variables, resolved as the kubelet does, with the rehearsal's substitutions.</summary>
internal static partial class PodEnvironment
{
    /// <summary>Resolves the variables of a pod's container.</summary>
    /// <param name="pod">The pod's name.</param>
    /// <param name="deployment">The pod's Deployment.</param>
    /// <param name="loopback">The loopback port of each container port.</param>
    /// <param name="proxy">The pod's sidecar.</param>
    public static Dictionary<string, string> Of(string pod, DeploymentSpec deployment, IReadOnlyDictionary<int, int> loopback, Uri proxy)
    {
        var variables = Substitutions.Variables(proxy);
        var declared = new Dictionary<string, string>();
        foreach (var variable in deployment.Template.Container.Environment)
        {
            var value = variable.FieldPath is { } path ? Substitutions.Field(path, pod, deployment) : Expand(variable.Value ?? "", declared);
            declared[variable.Name] = value;
            if (!Substitutions.LeavesOut(variable.Name))
            {
                variables[variable.Name] = variable.FieldPath is null ? Substitutions.Ports(value, loopback) : value;
            }
        }

        return variables;
    }

    // $(NAME) is an earlier variable, or itself where there is none; $$ is a dollar (k8s.io/kubernetes third_party/forked/golang/expansion).
    private static string Expand(string value, Dictionary<string, string> earlier) => Reference().Replace(value, match =>
        match.Value == "$$" ? "$" : earlier.GetValueOrDefault(match.Groups["name"].Value, match.Value));

    [GeneratedRegex(@"\$\$|\$\((?<name>[^()]*)\)")]
    private static partial Regex Reference();
}

/// <summary>
/// All that the rehearsal puts in the place of what a cluster would give a pod. Everything else of a container's environment is what is
/// declared; <see cref="Explanation"/> is this class in words.
/// </summary>
internal static partial class Substitutions
{
    /// <summary>The address of every pod and node.</summary>
    public const string Address = "127.0.0.1";

    /// <summary>The node that every pod runs on.</summary>
    public const string Node = "localhost";

    /// <summary>What is substituted, a line each, as `rehearse --explain` prints it.</summary>
    public static IReadOnlyList<string> Explanation { get; } =
    [
        $"image: the service of this repository with the image's name ({string.Join(", ", ServiceBinaries.Names)}) runs as a process, whatever the registry and tag",
        $"port: in a variable's value, a container port that is the whole value, or follows //+:, //*:, //0.0.0.0: or //[::]:, becomes a free port of {Address}",
        $"downward API: metadata.name is a name as Kubernetes forms it; status.podIP and status.hostIP are {Address}, spec.nodeName is {Node}",
        "sidecar: http_proxy names the pod's own proxy in the data plane, which obeys the declared routes; no_proxy exempts this machine's own names",
        "collectors: no OTEL_EXPORTER_OTLP_* variable is passed on, since what would take spans and metrics does not run here; /metrics is served",
        "base image: PATH, HOME, TMPDIR and DOTNET_ROOT are gopherctl's own; nothing else of its environment is passed on",
        "end: when the rehearsal ends, all pods are stopped at once, without preStop, since no request is on its way",
    ];

    /// <summary>Whether a declared variable is left out: it names what does not run here, and the pod's proxy would count the attempts as traffic.</summary>
    public static bool LeavesOut(string variable) => variable.StartsWith("OTEL_EXPORTER_OTLP_", StringComparison.Ordinal);

    /// <summary>Puts the loopback ports in the place of the container ports in a variable's value.</summary>
    public static string Ports(string value, IReadOnlyDictionary<int, int> loopback)
    {
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && loopback.TryGetValue(number, out var port))
        {
            return $"{port}";
        }

        return AnyAddress().Replace(value, match =>
            loopback.TryGetValue(int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture), out var listening)
                ? $"//{Address}:{listening}"
                : match.Value);
    }

    /// <summary>The value of a field of the pod, as the downward API gives it.</summary>
    public static string Field(string path, string pod, DeploymentSpec deployment) => path switch
    {
        "metadata.name" => pod,
        "metadata.namespace" => deployment.Namespace,
        "metadata.uid" => new Guid(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(pod)).AsSpan(0, 16)).ToString(),
        "spec.nodeName" => Node,
        "spec.serviceAccountName" => deployment.Template.ServiceAccount,
        "status.podIP" or "status.hostIP" => Address,
        _ => Key(path) is var (map, key) && (map == "labels" ? deployment.Template.Labels : deployment.Template.Annotations).TryGetValue(key, out var value)
            ? value
            : "",
    };

    /// <summary>The variables that a pod has beside its declared ones.</summary>
    public static Dictionary<string, string> Variables(Uri proxy)
    {
        var variables = new Dictionary<string, string>
        {
            ["http_proxy"] = proxy.GetLeftPart(UriPartial.Authority),
            ["no_proxy"] = $"{Address},localhost,::1",
        };
        foreach (var name in (string[])["PATH", "HOME", "TMPDIR", "DOTNET_ROOT"])
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                variables[name] = value;
            }
        }

        return variables;
    }

    private static (string Map, string Key) Key(string path) =>
        (path.Contains(".labels[", StringComparison.Ordinal) ? "labels" : "annotations", path.Split('\'')[1]);

    [GeneratedRegex(@"//(\+|\*|0\.0\.0\.0|\[::\]):(?<port>[0-9]{1,5})\b")]
    private static partial Regex AnyAddress();
}

/// <summary>
/// Free ports of 127.0.0.1 for the pods, below the range from which systems take the local ports of connections: one of thousands of
/// requests could otherwise sit on the port that a pod is about to listen on.
/// </summary>
internal sealed class LoopbackPorts
{
    private const int First = 20_000;
    private const int Count = 10_000;

    private readonly Lock _lock = new();
    private int _next = Random.Shared.Next(Count);

    /// <summary>A port on which nothing listens now, and that is not given again soon.</summary>
    public int Take()
    {
        lock (_lock)
        {
            for (var attempt = 0; attempt < Count; attempt++)
            {
                var port = First + (_next++ % Count);
                if (IsFree(port))
                {
                    return port;
                }
            }
        }

        throw new InvalidOperationException($"no port of 127.0.0.1 from {First} to {First + Count - 1} is free");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
