using System.Globalization;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>Progress and measurements, one line each, for whoever waits for the run.</summary>
internal static class Report
{
    private static readonly Lock Writing = new();

    public static void Line(FormattableString line)
    {
        if (ClusterSettings.ReportFile is not { } file)
        {
            return;
        }

        lock (Writing)
        {
            File.AppendAllText(file, line.ToString(CultureInfo.InvariantCulture) + "\n");
        }
    }
}
