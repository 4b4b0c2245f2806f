using System.Globalization;
using System.Text.RegularExpressions;

namespace GopherMesh.Infra.Settings;

/// <summary>
/// When nodes may be replaced, in UTC, written as AWS writes such windows (Amazon RDS API reference, PreferredMaintenanceWindow and
/// PreferredBackupWindow): <c>sun:02:00-sun:06:00</c> every week, or <c>02:00-06:00</c> every day.
/// </summary>
/// <param name="Start">Its start, from Sunday 00:00, or from midnight where it is daily.</param>
/// <param name="Length">How long it is: one hour at least, and less than the whole period.</param>
/// <param name="IsDaily">Whether it comes every day.</param>
public sealed partial record MaintenanceWindow(TimeSpan Start, TimeSpan Length, bool IsDaily)
{
    // A drain alone may take half an hour, and nodes go one after the other.
    private static readonly TimeSpan Shortest = TimeSpan.FromHours(1);

    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>A day or a week.</summary>
    public TimeSpan Period => IsDaily ? TimeSpan.FromDays(1) : TimeSpan.FromDays(7);

    /// <summary>When it ends, within its period.</summary>
    public TimeSpan End => TimeSpan.FromMinutes((Start + Length).TotalMinutes % Period.TotalMinutes);

    /// <summary>Null for an empty text.</summary>
    internal static Parsed<MaintenanceWindow?> Parse(string text)
    {
        if (text.Length == 0)
        {
            return new(null, []);
        }

        var match = Pattern().Match(text);
        if (!match.Success || match.Groups["fromDay"].Success != match.Groups["toDay"].Success)
        {
            return new Problem("use a window in UTC such as sun:02:00-sun:06:00 (every week) or 02:00-06:00 (every day)");
        }

        var isDaily = !match.Groups["fromDay"].Success;
        var (start, end) = (Moment(match, "from"), Moment(match, "to"));
        var period = TimeSpan.FromDays(isDaily ? 1 : Days.Length);
        var window = new MaintenanceWindow(start, end > start ? end - start : end - start + period, isDaily);
        return window.Length >= Shortest && window.Length < period
            ? window
            : new Problem("use a window of an hour or more: a node's drain may take half an hour, and nodes are replaced one after the other");
    }

    private static TimeSpan Moment(Match match, string end)
    {
        var time = match.Groups[end].Value.Split(':').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return new TimeSpan(Math.Max(0, Array.IndexOf(Days, match.Groups[$"{end}Day"].Value)), time[0], time[1], 0);
    }

    [GeneratedRegex(@"\A((?<fromDay>sun|mon|tue|wed|thu|fri|sat):)?(?<from>([01][0-9]|2[0-3]):[0-5][0-9])-((?<toDay>sun|mon|tue|wed|thu|fri|sat):)?(?<to>([01][0-9]|2[0-3]):[0-5][0-9])\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
