using System.Globalization;
using System.Text.RegularExpressions;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads a Service.</summary>
internal static partial class ServiceReader
{
    public static Service Read(FieldCursor spec, ObjectName name)
    {
        spec.SkipDefault("type", "ClusterIP");
        spec.SkipDefault("sessionAffinity", "None");
        var selector = spec.TextMap("selector");
        if (selector.Count == 0)
        {
            spec.Refuse("selector", "is required: the rehearsal's endpoints are the pods that it selects");
        }

        return new(name, selector, spec.ReadEach("ports", ReadPort));
    }

    private static ServicePort ReadPort(FieldCursor port)
    {
        var name = port.Text("name") ?? "";
        var number = port.WholeNumber("port", 1, 65535) ?? port.Missing("port", 0);
        if (port.Text("protocol") is { } protocol && protocol != "TCP")
        {
            port.Refuse("protocol", $"is {protocol}; the rehearsal carries HTTP over TCP");
        }

        if (!(port.Text("appProtocol") is { } application ? application == "http" : HttpPortName().IsMatch(name)))
        {
            port.Refuse("name", $"is \"{name}\": Istio routes HTTP only on ports named http or http-NAME (or with appProtocol http)");
        }

        return new(name, number, ReadTarget(port) ?? number.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A name, or a number.</summary>
    private static string? ReadTarget(FieldCursor port) => port.IsNumber("targetPort")
        ? port.WholeNumber("targetPort", 1, 65535)?.ToString(CultureInfo.InvariantCulture)
        : port.Text("targetPort");

    [GeneratedRegex(@"\Ahttp(-.*)?\z")]
    private static partial Regex HttpPortName();
}
