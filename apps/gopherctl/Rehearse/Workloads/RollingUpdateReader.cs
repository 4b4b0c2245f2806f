using System.Globalization;
using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.Gopherctl.Rehearse.Workloads;

/// <summary>Reads a Deployment's strategy. Percentages are of the replicas: a surge is rounded up, unavailability down, as Kubernetes does.</summary>
internal static class RollingUpdateReader
{
    private const string Default = "25%";

    /// <summary>The pods that an update may run beyond the replicas, and those that may be missing from them.</summary>
    public static (int Surge, int Unavailable) Read(FieldCursor spec, int replicas)
    {
        var (declaredSurge, declaredUnavailable) = (Default, Default);
        if (spec.ReadValue("strategy", ReadStrategy) is { } declared)
        {
            (declaredSurge, declaredUnavailable) = declared;
        }

        var (surge, unavailable) = (Resolve(declaredSurge, replicas, Math.Ceiling), Resolve(declaredUnavailable, replicas, Math.Floor));
        // Without any room an update could never begin (ResolveFenceposts in Kubernetes' deployment util).
        return (surge, surge == 0 && unavailable == 0 ? 1 : unavailable);
    }

    private static (string Surge, string Unavailable) ReadStrategy(FieldCursor strategy)
    {
        if (strategy.Text("type") is { } type && type != "RollingUpdate")
        {
            strategy.Refuse("type", $"is {type}; the rehearsal models RollingUpdate");
        }

        return strategy.ReadValue("rollingUpdate", update => (Count(update, "maxSurge"), Count(update, "maxUnavailable"))) ?? (Default, Default);
    }

    private static string Count(FieldCursor update, string field)
    {
        var text = update.IsNumber(field)
            ? update.WholeNumber(field, 0, int.MaxValue)?.ToString(CultureInfo.InvariantCulture)
            : update.Text(field);
        if (text is null or "" || !int.TryParse(text.TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            if (text is not null)
            {
                update.Refuse(field, $"is \"{text}\"; must be a number of pods or a percentage such as 25%");
            }

            return Default;
        }

        return text;
    }

    private static int Resolve(string count, int replicas, Func<double, double> round)
    {
        var number = int.Parse(count.TrimEnd('%'), CultureInfo.InvariantCulture);
        return count.EndsWith('%') ? (int)round(replicas * number / 100.0) : number;
    }
}
