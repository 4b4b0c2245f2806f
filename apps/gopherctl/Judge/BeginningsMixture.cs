namespace GopherMesh.Gopherctl.Judge;

/// <summary>
/// The mean of e-processes over several alternatives and over the look with which the alternative begins; weights sum up to 1, so that the mean is
/// an e-process again. A half of the weight is on a difference that is there from the first look, unless told otherwise, and the rest, in equal
/// parts, on beginnings with a step and with any look: what begins late is found nearly as fast as what was there from the first.
/// </summary>
/// <param name="alternatives">How many alternatives there are, all of the same weight.</param>
/// <param name="atFirst">The weight of what is there from the first look, above 0 and below 1.</param>
internal sealed class BeginningsMixture(int alternatives, double atFirst = 0.5)
{
    // Far above every 1/alpha; a product of more would be infinite, and infinity times zero is not a number.
    private const double Most = 1e290;
    private const double MostGain = 600;

    private readonly double[] _values = new double[alternatives];
    private readonly double _withStep = (1 - atFirst) / 2;
    private readonly double _withLook = (1 - atFirst) / 2;
    private double _waiting = 1;
    private int _looks;
    private double _laterLooks = 1;
    private int _steps;
    private bool _stepBegins = true;

    /// <summary>The e-value so far: 1 says nothing, 1/alpha decides.</summary>
    public double Value
    {
        get
        {
            var sum = 0.0;
            foreach (var value in _values)
            {
                sum += value;
            }

            return _waiting + (sum / _values.Length);
        }
    }

    /// <summary>Says that the next look is the first of a step: the canary may behave otherwise at another weight.</summary>
    public void BeginStep() => _stepBegins = true;

    /// <summary>Goes on by a look of which no alternative gains or loses anything.</summary>
    public void Pass()
    {
        var starting = NextStarting();
        for (var i = 0; i < _values.Length; i++)
        {
            _values[i] += starting;
        }
    }

    /// <summary>Goes on by a look.</summary>
    /// <param name="gains">The logarithm of the look's e-variable for each alternative.</param>
    public void Multiply(ReadOnlySpan<double> gains)
    {
        var starting = NextStarting();
        for (var i = 0; i < _values.Length; i++)
        {
            _values[i] = Math.Min(Most, (_values[i] + starting) * Math.Exp(Math.Min(gains[i], MostGain)));
        }
    }

    // The weights of all beginnings sum up to 1: 1/(k (k + 1)) over steps; over looks 1/log2(k + 1) - 1/log2(k + 2), which falls little
    // faster than 1/k, so that a late beginning costs little. What is left for later looks is 1/log2(k + 2).
    private double NextStarting()
    {
        _looks++;
        var later = 1 / Math.Log2(_looks + 2);
        var starting = _withLook * (_laterLooks - later);
        _laterLooks = later;
        if (_looks == 1)
        {
            starting += atFirst;
        }

        if (_stepBegins)
        {
            _steps++;
            _stepBegins = false;
            starting += _withStep / ((double)_steps * (_steps + 1));
        }

        _waiting -= starting;
        return starting;
    }
}
