using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace GopherMesh.Gopherctl.Cli;

/// <summary>
/// Options and arguments that are numbers. System.CommandLine reads them with thousands separators, so that 1,5 is 15, and names a type of .NET
/// where it refuses; here a number has digits, a sign, and for fractions a point or an exponent, wherever the machine is.
/// </summary>
internal static class NumberRange
{
    private const NumberStyles Whole = NumberStyles.AllowLeadingSign;
    private const NumberStyles Fraction = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>Takes numbers of a range, both ends included; the error for everything else names the option, the value and the range.</summary>
    public static Option<T> Within<T>(this Option<T> option, T least, T most)
        where T : struct, INumber<T>
    {
        option.CustomParser = result => Read(result, option.Name, least, most) ?? default;
        return option;
    }

    /// <summary>The same for an option that may be left out.</summary>
    public static Option<T?> Within<T>(this Option<T?> option, T least, T most)
        where T : struct, INumber<T>
    {
        option.CustomParser = result => Read(result, option.Name, least, most);
        return option;
    }

    /// <summary>The same for an argument.</summary>
    public static Argument<T> Within<T>(this Argument<T> argument, T least, T most)
        where T : struct, INumber<T>
    {
        argument.CustomParser = result => Read(result, argument.Name, least, most) ?? default;
        return argument;
    }

    private static T? Read<T>(ArgumentResult result, string name, T least, T most)
        where T : struct, INumber<T>
    {
        var (style, kind) = typeof(T) == typeof(double) ? (Fraction, "number, with a decimal point,") : (Whole, "whole number");
        var text = result.Tokens.Single().Value;
        // NaN is neither above nor below anything.
        if (T.TryParse(text, style, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}'; it must be a {kind} from {least} to {most}."));
        return null;
    }
}

/// <summary>`--stack`: the stack that a command is about.</summary>
internal static class StackOption
{
    /// <summary>The option; without it, the stack is dev.</summary>
    /// <param name="description">What the command does with the stack.</param>
    public static Option<string> Create(string description) => new("--stack", "-s") { Description = description, HelpName = "name", DefaultValueFactory = _ => "dev" };
}

/// <summary>Refuses options that a command would accept and ignore.</summary>
internal static class NoEffect
{
    /// <summary>Refuses everything on the command line that has no effect with an option, if that is given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="given">The option that leaves the others without effect.</param>
    /// <param name="but">The options that have an effect with it.</param>
    /// <exception cref="UserException">There is something.</exception>
    public static void Refuse(ParseResult parsed, Option<bool> given, params Option[] but)
    {
        if (!parsed.GetValue(given))
        {
            return;
        }

        var idle = parsed.CommandResult.Children.Select(child => child switch
        {
            OptionResult { Implicit: false } option when option.Option != given && !but.Contains(option.Option) => option.Option.Name,
            ArgumentResult { Tokens.Count: > 0 } argument => argument.Argument.Name,
            _ => null,
        }).OfType<string>().ToList();
        if (idle.Count > 0)
        {
            throw new UserException($"{string.Join(", ", idle)} {(idle.Count == 1 ? "has" : "have")} no effect with {given.Name}", "the command line", "Leave out one or the other.");
        }
    }
}
