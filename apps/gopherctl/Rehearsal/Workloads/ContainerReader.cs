using System.Globalization;
using GopherMesh.Gopherctl.DataPlane.Reading;

namespace GopherMesh.Gopherctl.Rehearsal.Workloads;

/// <summary>Reads a container.</summary>
internal static class ContainerReader
{
    private const int HighestPort = 65_535;
    private const int LongestSeconds = 3_600;

    /// <summary>Reads a container of a pod template.</summary>
    public static ContainerSpec Read(FieldCursor container)
    {
        var name = container.RequiredText("name");
        var image = container.RequiredText("image");
        var ports = container.Objects("ports", ReadPort).ToDictionary(port => port.Name, port => port.Number);
        return new ContainerSpec(
            name,
            image,
            ports,
            container.Objects("env", EnvironmentReader.Read),
            container.Object("startupProbe", probe => ReadProbe(probe, ports)),
            container.Object("readinessProbe", probe => ReadProbe(probe, ports)),
            container.Object("livenessProbe", probe => ReadProbe(probe, ports)),
            TimeSpan.FromSeconds(container.Object("lifecycle", ReadPreStop)?.Seconds ?? 0));
    }

    private static Port ReadPort(FieldCursor port)
    {
        port.SkipDefault("protocol", "TCP");
        var number = port.Integer("containerPort", 1, HighestPort) ?? port.Missing("containerPort", 0);
        return new Port(port.Text("name") ?? number.ToString(CultureInfo.InvariantCulture), number);
    }

    private static Sleep? ReadPreStop(FieldCursor lifecycle) =>
        lifecycle.Object("preStop", hook => hook.Object("sleep", sleep => new Sleep(sleep.Integer("seconds", 0, LongestSeconds) ?? 0)));

    // The defaults are the API server's (k8s.io/kubernetes pkg/apis/core/v1/defaults.go).
    private static ProbeSpec? ReadProbe(FieldCursor probe, Dictionary<string, int> ports)
    {
        var seconds = (string field, int fallback) => TimeSpan.FromSeconds(probe.Integer(field, fallback == 0 ? 0 : 1, LongestSeconds) ?? fallback);
        var (delay, period, timeout) = (seconds("initialDelaySeconds", 0), seconds("periodSeconds", 10), seconds("timeoutSeconds", 1));
        var successes = probe.Integer("successThreshold", 1, LongestSeconds) ?? 1;
        var failures = probe.Integer("failureThreshold", 1, LongestSeconds) ?? 3;
        return probe.Object("httpGet", get => new ProbeSpec(
            Path(get), PortOf(get, ports), ReadHeaders(get), delay, period, timeout, successes, failures))
            ?? probe.Missing<ProbeSpec?>("httpGet", null);
    }

    private static string Path(FieldCursor get)
    {
        get.SkipDefault("scheme", "HTTP");
        return get.Text("path") is { Length: > 0 } path ? path : "/";
    }

    private static int PortOf(FieldCursor get, Dictionary<string, int> ports)
    {
        if (get.IsNumber("port"))
            return get.Integer("port", 1, HighestPort) ?? 0;
        var name = get.RequiredText("port");
        if (!ports.TryGetValue(name, out var number))
            get.Refuse("port", $"is \"{name}\"; the container has no port of that name");
        return number;
    }

    private static Dictionary<string, string> ReadHeaders(FieldCursor get) =>
        get.Objects("httpHeaders", header => new Header(header.RequiredText("name"), header.Text("value") ?? ""))
            .ToDictionary(header => header.Name, header => header.Value);

    private sealed record Port(string Name, int Number);

    private sealed record Header(string Name, string Value);

    private sealed record Sleep(int Seconds);
}
